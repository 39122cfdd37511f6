// Conferences that run: who is in them, and what is done to them (contract/kapi.md, kapi_conference).
import { message, segment, type TProperties, Type } from '../contract/index.ts';
import { endpoints } from './endpoints.ts';
import { Any, Count, Flag, maybeOneOf, maybeText, some, Texts, text, Vars } from './fields.ts';

/**
 * What a node has: `Conferences` by id (a question for an account), or one conference with its participants.
 * `Run-Time` in seconds, `Start-Time` in Gregorian seconds.
 */
export const searchResp = message({
  category: 'conference',
  name: 'search_resp',
  exchange: 'targeted',
  fields: {
    ...maybeText(`Account-ID Conference-ID Instance-ID Switch-External-IP Switch-Hostname Switch-Nodename Switch-URL
      UUID`),
    ...some(Vars, 'Conferences'),
    ...some(Flag, 'Answered Dynamic Locked Running'),
    ...some(Count, 'Participant-Count Run-Time Start-Time'),
    Participants: Type.Optional(Type.Array(Vars)),
  },
});

/** Which conferences run in an account, or what is known of one. */
export const searchReq = message({
  category: 'conference',
  name: 'search_req',
  exchange: 'conference',
  key: () => 'conference.discovery',
  fields: maybeText('Account-ID Conference-ID'),
  answers: [searchResp],
});

/** Answer to `dial`: one entry for each endpoint. */
export const dialResp = message({
  category: 'conference',
  name: 'command',
  exchange: 'targeted',
  fields: {
    'Application-Name': Type.Literal('dial_resp'),
    'Endpoint-Responses': Type.Array(Vars, { minItems: 1 }),
  },
});

/** An order to the node that has the conference; which one says `Application-Name`. */
function command<const N extends string, P extends TProperties>(name: N, summary: string, fields: P) {
  return message({
    category: 'conference',
    name: 'command',
    exchange: 'conference',
    key: (m) => `conference.command.${segment((m as { readonly 'Conference-ID': string })['Conference-ID'])}`,
    summary,
    fields: { 'Application-Name': Type.Literal(name), 'Conference-ID': Type.String(), ...fields },
  });
}

const participant = { 'Participant-ID': Type.Union([Count, Type.String()]) };

export const lock = command('lock', 'Let nobody else in', {});
export const unlock = command('unlock', 'Let others in again', {});
export const muteParticipant = command('mute_participant', 'Is not heard', participant);
export const unmuteParticipant = command('unmute_participant', 'Is heard again', participant);
export const deafParticipant = command('deaf_participant', 'Does not hear', participant);
export const undeafParticipant = command('undeaf_participant', 'Hears again', participant);
export const kick = command('kick', 'Out of the conference', {
  'Participant-ID': Type.Optional(participant['Participant-ID']),
});
export const play = command('play', 'Plays to all, or to one', {
  'Media-Name': Type.String(),
  'Call-ID': Type.Optional(Type.String()),
  'Participant-ID': Type.Optional(participant['Participant-ID']),
});
export const record = command('record', 'Records', {
  'Media-Name': Type.Optional(Type.String()),
  'Call-ID': Type.Optional(Type.String()),
});
export const recordStop = command('recordstop', 'Stops recording', {
  'Media-Name': Type.Optional(Type.String()),
  'Call-ID': Type.Optional(Type.String()),
});
export const relateParticipants = command('relate_participants', 'Who hears whom', {
  ...participant,
  'Other-Participant': Type.Union([Count, Type.String()]),
  Relationship: maybeOneOf('deaf', 'mute', 'clear'),
});

export const stopPlay = command('stop_play', 'Stops what plays', {
  'Participant-ID': Type.Optional(participant['Participant-ID']),
  Affects: maybeOneOf('current', 'all'),
});
const gain = Type.Union([Type.Integer(), Type.String()]);
export const participantEnergy = command('participant_energy', 'How loud one must be to be heard', {
  ...participant,
  'Energy-Level': gain,
});
export const participantVolumeIn = command('participant_volume_in', 'How loud one is, -4 to 4', {
  ...participant,
  'Volume-In-Level': gain,
});
export const participantVolumeOut = command('participant_volume_out', 'How loud one hears, -4 to 4', {
  ...participant,
  'Volume-Out-Level': gain,
});
export const set = command('set', 'Changes a parameter of the conference', {
  Parameter: Type.Enum(['Max-Members', 'Caller-ID-Name', 'Caller-ID-Number']),
  Value: Type.Union([Type.Integer(), Type.String()]),
});

/** What a switch does by itself. */
export const orders = [
  lock,
  unlock,
  muteParticipant,
  unmuteParticipant,
  deafParticipant,
  undeafParticipant,
  kick,
  play,
  stopPlay,
  record,
  recordStop,
  relateParticipants,
  participantEnergy,
  participantVolumeIn,
  participantVolumeOut,
  set,
];

export const participantsResp = message({
  category: 'conference',
  name: 'participants_resp',
  exchange: 'targeted',
  fields: { Participants: Type.Array(Vars) },
});

/** Who is in a conference: answered by the node that has it. */
export const participants = message({
  category: 'conference',
  name: 'command',
  exchange: 'conference',
  key: (m) => `conference.command.${segment(m['Conference-ID'])}`,
  fields: { 'Application-Name': Type.Literal('participants'), ...text('Conference-ID') },
  answers: [participantsResp],
});

/** Calls endpoints and lets those that answer in. `Timeout` in seconds. */
export const dial = message({
  category: 'conference',
  name: 'command',
  exchange: 'conference',
  key: (m) => `conference.command.${segment(m['Conference-ID'])}`,
  fields: {
    'Application-Name': Type.Literal('dial'),
    ...text('Conference-ID'),
    Endpoints: endpoints,
    ...maybeText('Account-ID Caller-ID-Name Caller-ID-Number Outbound-Call-ID Profile-Name Target-Call-ID'),
    ...some(Vars, 'Custom-Application-Vars Custom-Channel-Vars'),
    'Participant-Flags': Type.Optional(Texts),
    Timeout: Type.Optional(Count),
  },
  answers: [dialResp],
});

/** Something happened in a conference, or to somebody in it. */
export const conferenceEvent = message({
  category: 'conference',
  name: 'event',
  exchange: 'conference',
  key: (m) =>
    `conference.event.${segment(m.Event)}.${segment(m['Account-ID'] ?? '')}.${segment(m['Conference-ID'])}.${segment(m['Call-ID'] ?? '')}`,
  fields: {
    ...text('Conference-ID Event Instance-ID'),
    ...maybeText('Account-ID Call-ID Caller-ID-Name Caller-ID-Number Channel-Presence-ID'),
    ...some(Any, 'Participant-ID'),
    ...some(Vars, 'Conference-Channel-Vars Custom-Channel-Vars'),
  },
});
