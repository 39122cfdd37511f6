// What a callflow says of its parking slots, and the defaults of the system (contract/callflow.md §5).
import { getAt, isRecord, type Static, Type } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { channelVar, realmOf, userOf } from '../call/state.ts';

const presenceType = Type.Enum(['early', 'terminated', 'confirmed']);

export const parkData = {
  action: Type.Enum(['park', 'retrieve', 'auto', 'direct_park'], { default: 'park' }),
  slot: Type.Optional(
    Type.String({ description: 'else what the pattern captured, else the lowest free one' }),
  ),
  slots: Type.Record(Type.String(), Type.Unknown(), {
    default: {},
    description: 'by number: ringback_timeout, callback_timeout, presence_id, presence_type',
  }),
  max_slot_number: Type.Optional(Type.Integer({ minimum: 0 })),
  default_ringback_timeout: Type.Optional(
    Type.Integer({ minimum: 0, description: 'milliseconds until the parker is rung' }),
  ),
  default_callback_timeout: Type.Optional(
    Type.Integer({ minimum: 0, description: 'milliseconds for which the parker is rung' }),
  ),
  default_presence_type: Type.Optional(presenceType),
  custom_presence_id: Type.Boolean({ default: false }),
  presence_id: Type.Optional(Type.String({ description: 'with custom_presence_id' })),
};

const shape = Type.Object(parkData);
export type ParkData = Static<typeof shape>;

/** A value of the slot itself, where it has one of its own. */
function own(data: ParkData, number: string, key: string): unknown {
  const slot = data.slots[number];
  return isRecord(slot) ? slot[key] : undefined;
}

/** Milliseconds. */
export async function ringbackAfter(call: Call, data: ParkData, number: string): Promise<number> {
  const given = own(data, number, 'ringback_timeout') ?? data.default_ringback_timeout;
  if (typeof given === 'number') return given;
  return call.config.get('callflow', 'park.default_ringback_timeout', 120_000);
}

/** Milliseconds. */
export async function callbackFor(call: Call, data: ParkData, number: string): Promise<number> {
  const given = own(data, number, 'callback_timeout') ?? data.default_callback_timeout;
  if (typeof given === 'number') return given;
  return call.config.get('callflow', 'park.default_callback_timeout', 30_000);
}

/** Of the slot, of the action, of the account, of the system. */
export async function presenceTypeOf(call: Call, data: ParkData, number: string): Promise<string> {
  const given = own(data, number, 'presence_type') ?? data.default_presence_type;
  if (typeof given === 'string') return given;
  const account = getAt(await call.database.find('configs_callflow.park'), 'parked_presence_type');
  if (typeof account === 'string') return account;
  return call.config.get('callflow', 'park.parked_presence_type', 'early');
}

/** The presence id of a slot, in its two parts. */
export function presenceIdOf(call: Call, data: ParkData, number: string): { user: string; realm: string } {
  const { state } = call;
  const realm = channelVar(state, 'Account-Realm') ?? realmOf(state.request);
  const dialled = userOf(state.request);
  if (!data.custom_presence_id) return { user: state.captureGroup ? dialled : `${dialled}${number}`, realm };
  const custom = own(data, number, 'presence_id') ?? data.presence_id;
  return { user: typeof custom === 'string' && custom !== '' ? custom : dialled, realm };
}
