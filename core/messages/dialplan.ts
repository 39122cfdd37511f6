// Call control commands, published to a call's control queue (contract/kapi.md, kapi_dialplan). One declaration per command.
import {
  type AnyMessage,
  isRecord,
  type MessageContract,
  message,
  segment,
  type TProperties,
  Type,
} from '../contract/index.ts';
import { resumeFields } from './callflow.ts';
import { callerIds, dialMethod, endpoints, t38, vars } from './endpoints.ts';
import { Any, all, Count, Flag, maybeOneOf, maybeText, some, Text, Texts, text, Vars } from './fields.ts';

/** `tail` queues behind the running command, `head` next, `flush` empties the queue first, `now` runs beside it. */
const commandFields = { ...text('Call-ID'), 'Insert-At': maybeOneOf('head', 'tail', 'flush', 'now') };

function command<const N extends string, P extends TProperties>(name: N, summary: string, fields: P) {
  return message({
    category: 'call',
    name: 'command',
    exchange: 'callctl',
    summary,
    fields: { ...commandFields, 'Application-Name': Type.Literal(name), ...fields },
  });
}

const leg = maybeOneOf('A', 'B', 'Both');
const terminators = Type.Optional(Texts);
export const answer = command('answer', 'Answer the call', {});
export const progress = command('progress', 'Early media (183)', {});
export const ring = command('ring', 'Ringing (180)', maybeText('Ringback'));
export const play = command('play', 'Play media; a terminator ends it', {
  ...text('Media-Name'),
  ...maybeText('Format Group-ID Language Voice'),
  'Endless-Playback': Type.Optional(Flag),
  'Loop-Count': Type.Optional(Count),
  Leg: leg,
  Terminators: terminators,
});
export const playstop = command('playstop', 'Stop what plays', maybeText('Group-ID'));
export const playseek = command('playseek', 'Move inside what plays; Duration in milliseconds', {
  Direction: Type.Enum(['fastforward', 'rewind']),
  Duration: Count,
});
export const break_ = command('break', 'Stop the running command', {});
export const tones = command('tones', 'Play tones', {
  Tones: Type.Array(
    Type.Object({
      Frequencies: Type.Array(Type.Union([Count, Text]), { minItems: 1 }),
      ...all(Type.Union([Count, Text]), 'Duration-ON Duration-OFF'),
      ...some(Type.Union([Count, Text]), 'Volume Repeat'),
    }),
    { minItems: 1 },
  ),
  ...maybeText('Conference-ID Group-ID'),
  Terminators: terminators,
});
export const tts = command('tts', 'Speak a text', {
  ...text('Text'),
  ...maybeText('Conference-ID Engine Group-ID Language Voice'),
  'Endless-Playback': Type.Optional(Flag),
  'Loop-Count': Type.Optional(Count),
  Leg: leg,
  Terminators: terminators,
});
export const say = command('say', 'Say a number, date, … from prompts', {
  ...text('Language Say-Text'),
  Type: Type.Enum([
    'account_number',
    'currency',
    'current_date',
    'current_date_time',
    'current_time',
    'e-mail_address',
    'ip_address',
    'items',
    'messages',
    'name_phonetic',
    'name_spelled',
    'number',
    'persons',
    'postal_address',
    'short_date_time',
    'telephone_extension',
    'telephone_number',
    'time_measurement',
    'url',
  ]),
  Method: Type.Enum(['none', 'pronounced', 'iterated', 'counted']),
  Gender: maybeOneOf('masculine', 'feminine', 'neuter'),
  'Group-ID': Type.Optional(Text),
});
export const playAndCollectDigits = command(
  'play_and_collect_digits',
  'Play and collect digits; Timeout in milliseconds',
  {
    ...text('Digits-Regex Media-Name'),
    ...all(Count, 'Maximum-Digits Minimum-Digits Media-Tries Timeout'),
    Terminators: Texts,
    ...maybeText('Failed-Media-Name Group-ID'),
    'Interdigit-Timeout': Type.Optional(Count),
  },
);
export const record = command('record', 'Record the caller; Time-Limit and Silence-Hits in seconds', {
  ...text('Media-Name'),
  ...some(Count, 'Silence-Hits Silence-Threshold Time-Limit'),
  Terminators: terminators,
});
/**
 * Without Media-Name and Media-Recording-ID, what is not a start means the recording that was started last. Recording-Variables
 * are told with RECORD_START and RECORD_STOP. `Record-On` is ours: when it begins; a call that was not answered yet is
 * recorded from its answer on in any case.
 */
export const recordCall = command('record_call', 'Record both directions while the call goes on', {
  'Record-Action': Type.Enum(['start', 'stop', 'mask', 'unmask']),
  'Record-On': maybeOneOf('answer', 'bridge'),
  ...maybeText(`Media-Name Media-Recorder Media-Recording-Endpoint-ID Media-Recording-ID Media-Recording-Origin
    Media-Transfer-Destination Media-Transfer-Method`),
  ...some(Flag, 'Channels-As-Stereo Follow-Transfer'),
  ...some(Count, 'Record-Min-Sec Record-Sample-Rate Time-Limit'),
  ...some(Vars, 'Additional-Headers Recording-Variables'),
});
const transferFields = {
  ...text('Media-Name Media-Transfer-Destination'),
  'Media-Transfer-Method': Type.Enum(['stream', 'put', 'post']),
  'Additional-Headers': Type.Optional(Vars),
  'Suppress-Error-Report': Type.Optional(Flag),
};
export const store = command('store', 'Send a recording away', transferFields);
export const bridge = command('bridge', 'Ring endpoints and connect the first that answers', {
  Endpoints: endpoints,
  'Dial-Endpoint-Method': dialMethod,
  ...callerIds,
  ...vars,
  ...t38,
  ...maybeText(`Asserted-Identity-Name Asserted-Identity-Number Asserted-Identity-Realm Call-Context Confirm-File Confirm-Key
    Hold-Media Privacy-Method Ringback SIP-Transport`),
  ...some(Count, 'Confirm-Cancel-Timeout Timeout'),
  ...some(
    Any,
    `B-Leg-Events Bridge-Actions Continue-After Continue-On-Fail Export-Bridge-Variables Export-Variables
    Fail-On-Single-Reject Force-Fax Loopback-Bowout Secure-RTP Simplify-Loopback SIP-Invite-Parameters`,
  ),
  ...some(
    Flag,
    'Ignore-Completed-Elsewhere Ignore-Early-Media Ignore-Forward Privacy-Hide-Name Privacy-Hide-Number',
  ),
  Media: maybeOneOf('process', 'bypass', 'auto'),
});
export const unbridge = command('unbridge', 'Part the two legs and park them', { Leg: leg });
export const park = command('park', 'Park the call; Timeout in milliseconds', {
  'Hangup-Cause': Type.Optional(Text),
  Timeout: Type.Optional(Count),
});
/**
 * Joins the call to another one that waits, wherever that is: on another switch the caller is brought there. Completes when
 * the two part, with Application-Response SUCCESS, or when nothing came of it.
 */
export const callPickup = command('call_pickup', 'Take over a call that waits', {
  ...text('Target-Call-ID'),
  'Other-Leg': Type.Optional(Flag),
  ...some(
    Flag,
    `Continue-On-Cancel Continue-On-Fail Hangup-After-Pickup Move-Channel-If-Necessary Park-After-Pickup Unanswered-Only
    Unbridged-Only`,
  ),
});
/**
 * Joins a conference, wherever it is: on another switch the caller is brought there. Who knocks is asked for PIN and name
 * before this. Completes when the caller leaves it.
 */
export const conference = command('conference', 'Join a conference', {
  ...text('Conference-ID'),
  Profile: Type.Optional(Text),
  ...some(Flag, 'Deaf Member-Nospeak Moderator Mute Nospeak-Check Reinvite'),
});
export const hold = command('hold', 'Play music on hold', maybeText('Hold-Media'));
export const holdControl = command('hold_control', 'Put the phone on hold by SIP', {
  Action: Type.Enum(['hold', 'unhold', 'toggle']),
});
export const sleep = command('sleep', 'Wait; Time in milliseconds', { Time: Count });
export const echo = command('echo', 'Send back what is heard', {});
export const set = command('set', 'Set variables of the call', {
  ...some(Vars, 'Custom-Call-Vars Custom-Channel-Vars Custom-Application-Vars'),
  'Export-All': Type.Optional(Flag),
});
export const setTerminators = command('set_terminators', 'Set the keys that end what plays', {
  Terminators: Texts,
});
export const sendDtmf = command('send_dtmf', 'Send digits to the caller; Duration in milliseconds', {
  ...text('DTMFs'),
  Duration: Type.Optional(Type.Union([Count, Text])),
});
export const recvDtmf = command('recv_dtmf', 'Act as if the caller had sent digits', text('DTMFs'));
export const respond = command('respond', 'Refuse with a SIP response', {
  'Response-Code': Type.Union([Count, Text]),
  'Response-Message': Type.Optional(Text),
});
export const redirect = command('redirect', 'Redirect (302)', {
  ...text('Redirect-Contact'),
  ...maybeText('Redirect-Node Redirect-Server'),
});
export const hangup = command('hangup', 'Hang up', {
  'Hangup-Cause': Type.Optional(Text),
  'Other-Leg-Only': Type.Optional(Flag),
});
export const noop = command(
  'noop',
  'Nothing; completes when all before it has. Filter-Applications drops these from the queue',
  {
    'B-Leg-Events': Type.Optional(Any),
    'Filter-Applications': Type.Optional(Texts),
  },
);
export const privacy = command('privacy', 'Hide the caller', {
  'Privacy-Mode': maybeOneOf('full', 'name', 'number', 'none'),
});
export const fetch = command('fetch', 'Tell all variables of the call', {
  'From-Other-Leg': Type.Optional(Flag),
});
export const queue = command('queue', 'Several commands as one', {
  Commands: Type.Array(Vars, { minItems: 1 }),
});
/**
 * What another process needs to go on with this call when the one that sends this dies (DESIGN §7): kept by ecallmgr and
 * on the switch, the last one counts. It runs at once beside the queue, whatever its Insert-At says, and no completion is told
 * of it. The common headers `Node` and `Server-ID` say who controls the call now and where that process can be pinged;
 * `Call.Fetch-ID` in `Resume` says under which fetch id. `Resume` is the body of `callflow.resume`; without it the call
 * cannot be resumed, only watched. `Hand-Over: true`: its controller stops soon, another one is to go on at once; it keeps
 * the call until it hears `usurp_control`. `Keys-Taken` is the Msg-ID of the DTMF event whose key was taken last: later ones
 * are told to whoever comes next, and with `Keys-Again: true` to the sender, who may have missed some.
 */
export const checkpoint = command(
  'checkpoint',
  'Where the call stands: what another controller resumes from',
  {
    Resume: Type.Optional(Type.Object(resumeFields)),
    'Hand-Over': Type.Optional(Flag),
    'Keys-Taken': Type.Optional(Type.String()),
    'Keys-Again': Type.Optional(Flag),
  },
);

/** Every command, by its Application-Name. */
export const commands = {
  answer,
  progress,
  ring,
  play,
  playstop,
  playseek,
  break: break_,
  tones,
  tts,
  say,
  play_and_collect_digits: playAndCollectDigits,
  record,
  record_call: recordCall,
  store,
  bridge,
  unbridge,
  park,
  call_pickup: callPickup,
  conference,
  hold,
  hold_control: holdControl,
  sleep,
  echo,
  set,
  set_terminators: setTerminators,
  send_dtmf: sendDtmf,
  recv_dtmf: recvDtmf,
  respond,
  redirect,
  hangup,
  noop,
  privacy,
  fetch,
  queue,
  checkpoint,
} as const satisfies Record<string, AnyMessage>;

export type CommandName = keyof typeof commands;

/** The command contract of a received body, by its Application-Name. */
export function commandOf(json: unknown): MessageContract | undefined {
  const name = isRecord(json) ? json['Application-Name'] : undefined;
  return typeof name === 'string' && Object.hasOwn(commands, name)
    ? (commands[name as CommandName] as MessageContract)
    : undefined;
}

/** A command could not be run: on `callevt`, beside the call's events. */
export const dialplanError = message({
  category: 'error',
  name: 'dialplan',
  exchange: 'callevt',
  key: (m) => `call.dialplan.${m['Call-ID']}`,
  fields: {
    ...text('Call-ID'),
    // `Error-Code` is ours: `call_lost` says that who sent the command does not control the call any more.
    ...maybeText('Error-Code Error-Message Dialplan-Error Channel-State Channel-Call-State'),
    Request: Type.Optional(Vars),
  },
});

/** Between the announcement of an originated call and its execution. */
export const originateReady = message({
  category: 'dialplan',
  name: 'originate_ready',
  exchange: 'targeted',
  fields: text('Call-ID Control-Queue'),
});
export const originateExecute = message({
  category: 'dialplan',
  name: 'originate_execute',
  exchange: 'targeted',
  fields: text('Call-ID'),
});

/** The name of a call's control queue: whoever knows the call id knows it. */
export const controlQueueOf = (callId: string): string => `callctl-${segment(callId)}`;
