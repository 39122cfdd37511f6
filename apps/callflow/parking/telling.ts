// What the cluster is told of a parking slot: its lamp, and the events of the call in it (contract/kapi.md, call event names, kapi_presence).
import { type CallEventName, callEvent } from '../../../core/messages/call.ts';
import { dialogUpdate } from '../../../core/messages/presence.ts';
import type { Call } from '../call/call.ts';
import { channelVar } from '../call/state.ts';
import type { Slot } from './slots.ts';

const states = ['early', 'confirmed', 'terminated'] as const;
type State = (typeof states)[number];

/** Sets the lamp of the slot: as the slot says it while it is taken, `terminated` when it is free. */
export function showPresence(call: Call, slot: Slot, free = false): Promise<void> {
  const wanted = free ? 'terminated' : slot['Presence-Type'];
  const state: State = states.find((it) => it === wanted) ?? 'early';
  const realm = slot['Presence-Realm'];
  return call.tell(dialogUpdate, {
    'Presence-ID': slot['Presence-ID'],
    From: `sip:${slot['Presence-ID']}`,
    'From-User': slot['Presence-User'],
    'From-Realm': realm,
    'From-Tag': 'A',
    To: slot['CID-URI'],
    'To-User': slot['CID-Name'],
    'To-Realm': realm,
    'To-Tag': 'B',
    'To-URI': `sip:${slot['Presence-ID']}`,
    State: state,
    'Call-ID': slot['Call-ID'],
    'Switch-URI': slot['Switch-URI'],
    Direction: 'recipient',
    Expires: state === 'terminated' ? 10 : 3600,
    'Event-Package': 'dialog',
  });
}

export function tellParking(
  call: Call,
  name: Extract<CallEventName, `PARK_${string}`>,
  number: string,
): Promise<void> {
  const { state } = call;
  return call.tell(callEvent, {
    'Event-Name': name,
    'Call-ID': call.callId,
    'Caller-ID-Name': state.callerIdName,
    'Caller-ID-Number': state.callerIdNumber,
    'Custom-Channel-Vars': { ...state.channelVars, Realm: channelVar(state, 'Account-Realm') },
    'Parking-Slot': number,
  });
}
