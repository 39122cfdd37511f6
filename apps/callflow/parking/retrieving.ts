// Taking a call out of its slot, from whichever switch.
import { setTimeout as wait } from 'node:timers/promises';
import { type Outcome, stop } from '../../../core/contract/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import type { Call } from '../call/call.ts';
import type { ParkData } from './options.ts';
import { findSlot, leave } from './slots.ts';
import { showPresence } from './telling.ts';

// A place that its holder is about to fill.
const attendedTries = 3;
const attendedPause = 1_000;

/** Takes the call that is parked there. Undefined when nobody is. */
export async function retrieve(call: Call, data: ParkData): Promise<Outcome | undefined> {
  // Picking up had begun in another process, or it has ended meanwhile.
  const begun = call.noted['Bridge'] !== undefined;
  const number = String(call.noted['Chosen'] ?? (data.slot || call.state.captureGroup || ''));
  if (number === '') return undefined;
  for (let attempt = 1; ; attempt += 1) {
    const slot = await findSlot(call.database, number);
    if (!slot && !begun) return undefined;
    if (slot?.Attended === true && slot['Call-ID'] !== call.callId && attempt < attendedTries) {
      await wait(attendedPause);
      continue;
    }
    return pickUp(call, number, slot?.['Call-ID'] ?? '');
  }
}

async function pickUp(call: Call, number: string, target: string): Promise<Outcome | undefined> {
  try {
    const done = await call.pickUp({
      'Target-Call-ID': target,
      'Unbridged-Only': true,
      'Continue-On-Fail': false,
      'Continue-On-Cancel': true,
      'Park-After-Pickup': false,
    });
    if (call.bridged || done['Application-Response'] === 'SUCCESS') return stop();
  } catch (error) {
    if (!hasCode(error, 'command_failed')) throw error;
  }
  call.note({ Bridge: undefined });
  // Whoever was there is gone, or talks already.
  const left = await leave(call.database, number, target);
  if (left) await showPresence(call, left, true);
  return undefined;
}
