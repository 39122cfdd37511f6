// A parker who calls the slot himself: hears its number, and holds the place until he has transferred his peer into it.
import { setTimeout as wait } from 'node:timers/promises';
import { type FlowNode, type Outcome, stop } from '../../../core/contract/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import type { Call } from '../call/call.ts';
import { ensureAnswered, play, prompt } from '../call/media.ts';
import { parkedIn } from './arriving.ts';
import type { ParkData } from './options.ts';
import { chooseNumber, exceeds, slotFor } from './place.ts';
import { leave, occupy, type Slot } from './slots.ts';
import { showPresence } from './telling.ts';

export async function holdPlace(call: Call, data: ParkData, node: FlowNode): Promise<Outcome> {
  const noted = call.noted['Chosen'];
  const number = typeof noted === 'string' ? noted : await chooseNumber(call, data);
  call.note({ Chosen: number });
  const slot = await slotFor(call, data, number, { attended: true });
  const mine = !exceeds(data, number) && (await occupy(call, number, slot));
  try {
    await ensureAnswered(call);
    if (!mine) {
      await play(call, prompt(call, 'park-already_in_use'));
      return stop();
    }
    const replaced = call.nextEvent(['CHANNEL_REPLACED']);
    // Told below, or the call has ended.
    replaced.catch(() => undefined);
    await tellNumber(call, number);
    await replaced;
  } catch (error) {
    if (mine && hasCode(error, 'call_hung_up')) await giveBack(call, number, slot);
    throw error;
  }
  // Another leg has come into the place of the parker's.
  const parked = { number, slot: { ...slot, 'Call-ID': call.callId, Attended: false } };
  await leave(call.database, number, slot['Call-ID']);
  await occupy(call, number, parked.slot);
  return parkedIn(call, data, node, parked);
}

async function tellNumber(call: Call, number: string): Promise<void> {
  await play(call, prompt(call, 'park-call_placed_in_spot'));
  await call
    .execute('say', {
      'Say-Text': number,
      Type: 'number',
      Method: 'iterated',
      Language: call.state.language,
    })
    .catch((error: unknown) => {
      if (!hasCode(error, 'command_failed')) throw error;
      call.log.warn('the number of a slot could not be said', { error });
    });
}

/** The parker is gone. The call that he transfers comes in its place, soon or not at all. */
async function giveBack(call: Call, number: string, slot: Slot): Promise<void> {
  const patience = await call.config.get('callflow', 'park.valet_reservation_cleanup_time_ms', 3_000);
  await wait(patience);
  const left = await leave(call.database, number, slot['Call-ID']);
  if (left) await showPresence(call, left, true);
}
