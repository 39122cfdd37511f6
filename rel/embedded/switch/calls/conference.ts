// A conference: who is in it, what may be done to them, and the conference::maintenance events that tell of it.

import { randomUUID } from 'node:crypto';
import { createMixer, type Member, type Mixer, type Recording } from '../media/index.ts';
import type { Channel } from './channel.ts';
import type { SwitchCore } from './contract.ts';
import { untilAborted } from './waits.ts';

export interface ConferenceMember {
  readonly id: number;
  readonly channel: Channel;
  readonly voice: Member;
  readonly joinedAt: number;
  moderator: boolean;
  /** When the last of these has gone, so does everybody. */
  readonly endsIt: boolean;
  leave(): void;
}

export interface Conference {
  readonly name: string;
  readonly uuid: string;
  readonly profile: string;
  readonly startedAt: number;
  readonly mixer: Mixer;
  readonly members: Map<number, ConferenceMember>;
  readonly recordings: Map<string, Recording>;
  locked: boolean;
}

export interface JoinRequest {
  core: SwitchCore;
  channel: Channel;
  signal: AbortSignal;
  name: string;
  profile: string;
  flags: ReadonlySet<string>;
  /** Called once it is in. */
  onJoined?: (conference: Conference) => void;
}

/** Stays in the conference until kicked, hung up or transferred; false when it is locked. The last to leave ends it. */
export async function joinConference(request: JoinRequest): Promise<boolean> {
  const { core, channel, signal, flags } = request;
  const conference = core.conferences.get(request.name) ?? createConference(request);
  if (conference.locked || !channel.leg) return false;
  const left = new AbortController();
  const mute = flags.has('mute');
  const deaf = flags.has('deaf');
  const id = 1 + Math.max(0, ...conference.members.keys());
  const voice = channel.leg.joinMixer(conference.mixer, { mute, deaf });
  const leave = () => left.abort();
  const moderator = flags.has('moderator');
  const endsIt = flags.has('endconf');
  const member: ConferenceMember = { id, channel, voice, joinedAt: Date.now(), moderator, endsIt, leave };
  conference.members.set(id, member);
  channel.set('conference_name', conference.name);
  channel.set('conference_uuid', conference.uuid);
  channel.set('conference_member_id', String(id));
  tell(conference, 'add-member', member);
  request.onJoined?.(conference);
  const onDigit = ({ digit }: { digit: string }) => tell(conference, 'dtmf', member, [['DTMF-Key', digit]]);
  channel.on('digit', onDigit);
  await untilAborted(AbortSignal.any([signal, left.signal]));
  channel.off('digit', onDigit);
  tell(conference, 'del-member', member);
  conference.members.delete(id);
  if (!channel.leg.closed) channel.leg.leaveMixer();
  const others = [...conference.members.values()];
  if (endsIt && !others.some((other) => other.endsIt)) for (const other of others) other.leave();
  if (conference.members.size === 0) await endConference(core, conference);
  return true;
}

function createConference({ core, name, profile, channel }: JoinRequest): Conference {
  const mixer = createMixer();
  const conference: Conference = {
    name,
    uuid: randomUUID(),
    profile,
    startedAt: Date.now(),
    mixer,
    members: new Map(),
    recordings: new Map(),
    locked: false,
  };
  mixer.on('talking', (voice, talking) => {
    const member = [...conference.members.values()].find((each) => each.voice === voice);
    if (member) tell(conference, talking ? 'start-talking' : 'stop-talking', member);
  });
  core.conferences.set(name, conference);
  core.bus.publish('CUSTOM', [...fieldsOf(conference, 'conference-create'), ['Unique-ID', channel.uuid]]);
  return conference;
}

async function endConference(core: SwitchCore, conference: Conference): Promise<void> {
  core.conferences.delete(conference.name);
  for (const recording of conference.recordings.values()) await recording.stop();
  conference.mixer.close();
  core.bus.publish('CUSTOM', fieldsOf(conference, 'conference-destroy'));
}

/** Sends a conference::maintenance event about one member. */
export function tell(
  conference: Conference,
  action: string,
  member: ConferenceMember,
  more: [string, string][] = [],
): void {
  const { settings, talking, energy } = member.voice;
  member.channel.publish('CUSTOM', [
    ...fieldsOf(conference, action),
    ['Floor', 'false'],
    ['Video', 'false'],
    ['Hear', String(!settings.deaf)],
    ['See', 'false'],
    ['Speak', String(!settings.mute)],
    ['Talking', String(talking)],
    ['Mute-Detect', 'false'],
    ['Member-ID', String(member.id)],
    ['Member-Type', member.moderator ? 'moderator' : 'member'],
    ['Energy-Level', String(settings.energyLevel)],
    ['Current-Energy', String(Math.round(energy))],
    ...more,
  ]);
}

/** The headers of every event of a conference. */
export function fieldsOf(conference: Conference, action: string): [string, string][] {
  return [
    ['Event-Subclass', 'conference::maintenance'],
    ['Conference-Name', conference.name],
    ['Conference-Size', String(conference.members.size)],
    ['Conference-Profile-Name', conference.profile],
    ['Conference-Unique-ID', conference.uuid],
    ['Action', action],
  ];
}
