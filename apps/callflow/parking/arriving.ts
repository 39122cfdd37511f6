// A call comes into its slot: at once, or sent there by a phone.
import type { FlowNode, Outcome } from '../../../core/contract/index.ts';
import { stop } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { ensureAnswered } from '../call/media.ts';
import type { ParkData } from './options.ts';
import { chooseNumber, decode, slotFor } from './place.ts';
import { leave, occupy, slotOfCall } from './slots.ts';
import { showPresence, tellParking } from './telling.ts';
import { type Parked, waitInSlot } from './waiting.ts';

/** It is in its slot: everybody is told, and it waits. */
export async function parkedIn(call: Call, data: ParkData, node: FlowNode, parked: Parked): Promise<Outcome> {
  call.note({ Slot: parked.number });
  await ensureAnswered(call);
  await tellParking(call, 'PARK_PARKED', parked.number);
  await showPresence(call, parked.slot);
  return waitInSlot(call, data, node, parked);
}

/** A phone has sent its peer here: blindly, or after it has called here itself to hear the number. */
export async function parkTransferred(
  call: Call,
  data: ParkData,
  node: FlowNode,
  referredTo: string,
): Promise<Outcome> {
  const replaced = /Replaces=([^;&>]+)/i.exec(decode(referredTo))?.[1];
  const place = replaced === undefined ? undefined : await slotOfCall(call.database, replaced);
  const number = place?.number ?? (await chooseNumber(call, data));
  const slot = await slotFor(call, data, number, { ringbackId: place?.slot['Ringback-ID'] });
  if (place) await leave(call.database, number, place.slot['Call-ID']);
  if (await occupy(call, number, slot)) return parkedIn(call, data, node, { number, slot });
  call.log.info('the slot is taken; the call goes back to who parked it', { slot: number });
  const device = slot['Ringback-ID'];
  return device === undefined ? stop() : branchTo(device);
}

const branchTo = (device: string): Outcome => ({
  do: 'branch',
  flow: { module: 'device', data: { id: device, can_call_self: true } },
});
