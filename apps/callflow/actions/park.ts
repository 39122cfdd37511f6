// park: parks the call in a numbered slot, or takes one out of it (contract/callflow.md §5).
import { action, type FlowNode, next, type Outcome, release, stop } from '../../../core/contract/index.ts';
import type { Call } from '../call/call.ts';
import { ensureAnswered, play, prompt } from '../call/media.ts';
import { channelVar } from '../call/state.ts';
import { parkedIn, parkTransferred } from '../parking/arriving.ts';
import { holdPlace } from '../parking/holding.ts';
import { type ParkData, parkData } from '../parking/options.ts';
import { chooseNumber, exceeds, slotFor } from '../parking/place.ts';
import { retrieve } from '../parking/retrieving.ts';
import { findSlot, occupy } from '../parking/slots.ts';
import { emptied, taken, waitInSlot } from '../parking/waiting.ts';

export const park = action({
  name: 'park',
  summary: 'Park the call in a slot, or take the one that is parked there',
  data: parkData,
  children: {
    '<slot number>': 'the parker was rung and did not answer',
    MAX_SLOT_EXCEEDED: 'direct_park: the slot is above max_slot_number',
    _: 'the parker was rung, answered and has talked',
  },
  onResume: 'repeat',
  notes: 'the slot, and whether the call was taken out of it',
  run: async (call: Call, data, node) => {
    const { Slot: kept, Retrieved: retrieved } = call.noted;
    if (typeof kept === 'string') return goOn(call, data, node, kept, retrieved === true);
    const referredTo = channelVar(call.state, 'Referred-To');
    if (referredTo !== undefined) return parkTransferred(call, data, node, referredTo);
    if (data.action === 'direct_park') return directPark(call, data, node);
    if (data.action !== 'park') {
      const outcome = await retrieve(call, data);
      if (outcome) return outcome;
      if (data.action === 'retrieve') return nobodyThere(call);
    }
    return holdPlace(call, data, node);
  },
});

/** Another process had parked it. */
async function goOn(
  call: Call,
  data: ParkData,
  node: FlowNode,
  number: string,
  retrieved: boolean,
): Promise<Outcome> {
  if (retrieved) return release;
  const slot = await findSlot(call.database, number);
  const parked = slot?.['Call-ID'] === call.callId ? { number, slot } : undefined;
  const { Bridge: rung, Bridged: answered } = call.noted;
  if (rung !== undefined && answered === true) {
    // The parker has answered: when they have talked, the flow goes on.
    if (parked) await emptied(call, parked, 'PARK_RETRIEVED');
    await call.execute('noop', {});
    return next();
  }
  if (call.bridged && parked) return taken(call, parked);
  return parked ? waitInSlot(call, data, node, parked) : release;
}

async function directPark(call: Call, data: ParkData, node: FlowNode): Promise<Outcome> {
  const number = await chooseNumber(call, data);
  if (exceeds(data, number)) return next('MAX_SLOT_EXCEEDED');
  const slot = await slotFor(call, data, number);
  if (!(await occupy(call, number, slot))) return stop();
  return parkedIn(call, data, node, { number, slot });
}

async function nobodyThere(call: Call): Promise<Outcome> {
  await ensureAnswered(call);
  await play(call, prompt(call, 'park-no_caller'));
  return stop();
}
