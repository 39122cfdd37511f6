// Who calls whom on a channel, and when what happened: the `Caller-*` and `Other-Leg-*` headers of its events.

export interface CallerProfile {
  direction: 'inbound' | 'outbound';
  username: string;
  callerIdName: string;
  callerIdNumber: string;
  calleeIdName: string;
  calleeIdNumber: string;
  networkAddr: string;
  destinationNumber: string;
  uuid: string;
  /** The module that made the channel, `mod_sofia` or `mod_loopback`. */
  source: string;
  context: string;
  /** Where a transfer has sent it: `seconds:uuid:bl_xfer:destination/context/dialplan`. */
  transferSource?: string;
  channelName: string;
  times: ChannelTimes;
}

/** Microseconds since 1970; 0 for what has not happened. */
export interface ChannelTimes {
  profileCreated: number;
  created: number;
  answered: number;
  progress: number;
  progressMedia: number;
  hungup: number;
  transferred: number;
  bridged: number;
  lastHold: number;
  holdAccum: number;
}

export const nowMicros = (): number => Date.now() * 1000;

export function newTimes(): ChannelTimes {
  const now = nowMicros();
  const times = { answered: 0, progress: 0, progressMedia: 0, hungup: 0, transferred: 0, bridged: 0 };
  return { profileCreated: now, created: now, ...times, lastHold: 0, holdAccum: 0 };
}

/** The headers of a profile, each under `prefix-`; empty ones are left out as FreeSWITCH does. */
export function* profileHeaders(profile: CallerProfile, prefix: string): Generator<[string, string]> {
  const { times } = profile;
  const named: [string, string][] = [
    ['Direction', profile.direction],
    ['Logical-Direction', profile.direction],
    ['Username', profile.username],
    ['Dialplan', 'XML'],
    ['Caller-ID-Name', profile.callerIdName],
    ['Caller-ID-Number', profile.callerIdNumber],
    ['Orig-Caller-ID-Name', profile.callerIdName],
    ['Orig-Caller-ID-Number', profile.callerIdNumber],
    ['Callee-ID-Name', profile.calleeIdName],
    ['Callee-ID-Number', profile.calleeIdNumber],
    ['Network-Addr', profile.networkAddr],
    ['ANI', profile.callerIdNumber],
    ['Destination-Number', profile.destinationNumber],
    ['Unique-ID', profile.uuid],
    ['Source', profile.source],
    ['Context', profile.context],
    ['Channel-Name', profile.channelName],
    ['Profile-Index', prefix === 'Caller' ? '1' : ''],
    ['Profile-Created-Time', String(times.profileCreated)],
    ['Channel-Created-Time', String(times.created)],
    ['Channel-Answered-Time', String(times.answered)],
    ['Channel-Progress-Time', String(times.progress)],
    ['Channel-Progress-Media-Time', String(times.progressMedia)],
    ['Channel-Hangup-Time', String(times.hungup)],
    ['Channel-Transfer-Time', String(times.transferred)],
    ['Channel-Resurrect-Time', '0'],
    ['Channel-Bridged-Time', String(times.bridged)],
    ['Channel-Last-Hold', String(times.lastHold)],
    ['Channel-Hold-Accum', String(times.holdAccum)],
    ['Transfer-Source', profile.transferSource ?? ''],
    ['Screen-Bit', 'true'],
    ['Privacy-Hide-Name', 'false'],
    ['Privacy-Hide-Number', 'false'],
  ];
  for (const [name, value] of named) if (value) yield [`${prefix}-${name}`, value];
}
