// What is done to a conference that runs, and to who is in it: orders to the node that has it.
import { type AnyMessage, acceptor, type MessageFields, Type } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  deafParticipant,
  kick,
  lock,
  muteParticipant,
  play,
  record,
  recordStop,
  relateParticipants,
  undeafParticipant,
  unlock,
  unmuteParticipant,
} from '../../../core/messages/conference.ts';
import { type DataReply, invalid, type RestRequest } from '../engine/index.ts';
import { flagOf, isModerator, type Participant, type Running } from '../live/conferences.ts';
import { soundOf } from '../live/sounds.ts';
import { type DialData, dialOut, dialSchema } from './dial.ts';

/** `data` beside `action`: nested as Kazoo's clients send it, or beside it. */
export interface Ordered {
  readonly action: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export const conferenceActions = ['lock', 'unlock', 'dial', 'play', 'record'] as const;
export const participantActions = ['mute', 'unmute', 'deaf', 'undeaf', 'kick', 'play', 'relate'] as const;

const sent: DataReply = { data: { message: 'ok' } };

/** Sends an order; rejects with `nobody_listens` when no node has conferences. */
async function order<M extends AnyMessage>(
  { services }: RestRequest,
  contract: M,
  fields: MessageFields<M>,
): Promise<DataReply> {
  await services.bus.publish(contract, fields, { mandatory: true });
  return sent;
}

const acceptDial = acceptor(dialSchema);

/** Does something to the whole conference. */
export async function actOnConference(
  request: RestRequest,
  id: string,
  name: string | undefined,
  { action, data }: Ordered,
): Promise<DataReply> {
  const conference = { 'Conference-ID': id };
  switch (action) {
    case 'lock':
      return order(request, lock, { 'Application-Name': 'lock', ...conference });
    case 'unlock':
      return order(request, unlock, { 'Application-Name': 'unlock', ...conference });
    case 'play':
      return order(request, play, {
        'Application-Name': 'play',
        ...conference,
        'Media-Name': await soundOf(request, data['media_id'], 'data.media_id'),
      });
    case 'record':
      return recordConference(request, id, data['action']);
    case 'dial':
      return dialOut(request, id, name, acceptDial(data) as DialData);
    default:
      throw unknown(action, conferenceActions);
  }
}

function recordConference(request: RestRequest, id: string, action: unknown): Promise<DataReply> {
  const conference = { 'Conference-ID': id };
  if (action === 'start') return order(request, record, { 'Application-Name': 'record', ...conference });
  if (action === 'stop')
    return order(request, recordStop, { 'Application-Name': 'recordstop', ...conference });
  if (action === undefined) throw invalid('data.action', 'required', 'say whether to start or stop');
  throw invalid('data.action', 'enum', 'must be start or stop', { target: ['start', 'stop'], value: action });
}

const participantOrders = {
  mute: [muteParticipant, 'mute_participant'],
  unmute: [unmuteParticipant, 'unmute_participant'],
  deaf: [deafParticipant, 'deaf_participant'],
  undeaf: [undeafParticipant, 'undeaf_participant'],
  kick: [kick, 'kick'],
} as const;

type ParticipantOrder = keyof typeof participantOrders;

const isOrder = (action: string): action is ParticipantOrder => Object.hasOwn(participantOrders, action);

/** Does something to one participant. */
export async function actOnParticipant(
  request: RestRequest,
  id: string,
  participant: number,
  { action, data }: Ordered,
): Promise<DataReply> {
  const whom = { 'Conference-ID': id, 'Participant-ID': participant };
  if (action === 'play')
    return order(request, play, {
      'Application-Name': 'play',
      ...whom,
      'Media-Name': await soundOf(request, data['media_id'], 'data.media_id'),
    });
  if (!isOrder(action)) throw unknown(action, participantActions);
  const [contract, name] = participantOrders[action];
  return order<AnyMessage>(request, contract, { 'Application-Name': name, ...whom });
}

/** Whom an action on all concerns: moderators are left alone, but for being put out. */
const concerned: Readonly<Record<ParticipantOrder, (participant: Participant) => boolean>> = {
  mute: (it) => !isModerator(it) && flagOf(it, 'Speak'),
  unmute: (it) => !isModerator(it) && !flagOf(it, 'Speak'),
  deaf: (it) => !isModerator(it) && flagOf(it, 'Hear'),
  undeaf: (it) => !isModerator(it) && !flagOf(it, 'Hear'),
  kick: () => true,
};

const acceptRelate = acceptor(
  Type.Object({
    participant_id: Type.Integer(),
    other_participant: Type.Integer(),
    relationship: Type.Optional(Type.Enum(['deaf', 'mute', 'clear'], { default: 'clear' })),
  }),
);

/** Does something to all participants, or to how two of them hear each other. */
export async function actOnParticipants(
  request: RestRequest,
  id: string,
  running: Running | undefined,
  { action, data }: Ordered,
): Promise<DataReply> {
  const participants = running?.participants ?? [];
  if (action === 'play') return actOnConference(request, id, undefined, { action, data });
  if (action === 'relate') {
    const wanted = acceptRelate(data) as {
      readonly participant_id: number;
      readonly other_participant: number;
      readonly relationship: 'deaf' | 'mute' | 'clear';
    };
    for (const one of [wanted.participant_id, wanted.other_participant])
      if (!participants.some((it) => Number(it['Participant-ID']) === one))
        throw new AppError('bad_identifier', { details: { cause: one } });
    return order(request, relateParticipants, {
      'Application-Name': 'relate_participants',
      'Conference-ID': id,
      'Participant-ID': wanted.participant_id,
      'Other-Participant': wanted.other_participant,
      Relationship: wanted.relationship,
    });
  }
  if (!isOrder(action)) throw unknown(action, participantActions);
  const chosen = participants.filter(concerned[action]).map((it) => Number(it['Participant-ID']));
  for (const one of chosen) await actOnParticipant(request, id, one, { action, data });
  return { data: { message: 'ok', participants: chosen } };
}

function unknown(action: string, known: readonly string[]): AppError {
  return invalid('action', 'enum', 'is no action', { target: [...known], value: action });
}
