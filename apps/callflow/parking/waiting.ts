// A call that waits in its slot: until somebody takes it, until the parker is rung, or until it hangs up.
import { setTimeout as wait } from 'node:timers/promises';
import { type FlowNode, next, type Outcome, release } from '../../../core/contract/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import type { Call } from '../call/call.ts';
import { deviceEndpoints, ringFields } from '../call/endpoints.ts';
import { callbackFor, type ParkData, ringbackAfter } from './options.ts';
import { leave, type Slot } from './slots.ts';
import { showPresence, tellParking } from './telling.ts';

/** A call in its slot. */
export interface Parked {
  readonly number: string;
  readonly slot: Slot;
}

// A phone that takes the call out of a ringback: its bridge is told right behind the end of the ringing.
const takenLate = 500;

/** Waits, and says where the flow goes on. `node` may have a child of the slot's number, for calls that nobody takes. */
export async function waitInSlot(
  call: Call,
  data: ParkData,
  node: FlowNode,
  parked: Parked,
): Promise<Outcome> {
  try {
    return await waitForSomebody(call, data, node, parked);
  } catch (error) {
    if (!hasCode(error, 'call_hung_up')) throw error;
    await emptied(call, parked, 'PARK_ABANDONED');
    throw error;
  }
}

async function waitForSomebody(call: Call, data: ParkData, node: FlowNode, parked: Parked): Promise<Outcome> {
  const { slot, number } = parked;
  const ringback = slot['Ringback-ID'];
  const patience = ringback === undefined ? undefined : await ringbackAfter(call, data, number);
  let ringing = call.noted['Bridge'] !== undefined;
  for (;;) {
    if (!ringing && (await held(call, slot, patience))) return taken(call, parked);
    ringing = false;
    const answer = ringback === undefined ? undefined : await ringParker(call, data, parked, ringback);
    if (answer) return answer;
    if (node.children && Object.hasOwn(node.children, number)) {
      await emptied(call, parked, 'PARK_ABANDONED');
      return next(number);
    }
  }
}

/** Music until the call is taken; false when nobody came within `patience` milliseconds. */
async function held(call: Call, slot: Slot, patience: number | undefined): Promise<boolean> {
  const media = slot['Hold-Media'];
  const [joined] = await Promise.all([
    call.nextEvent(['CHANNEL_BRIDGE'], patience),
    call.send('hold', media === undefined ? {} : { 'Hold-Media': media }),
  ]);
  return joined !== undefined;
}

/** Somebody else controls the conversation from here on. */
export async function taken(call: Call, parked: Parked): Promise<Outcome> {
  call.note({ Retrieved: true });
  await emptied(call, parked, 'PARK_RETRIEVED');
  return release;
}

/** Rings who parked the call. Undefined when he does not answer. */
async function ringParker(
  call: Call,
  data: ParkData,
  parked: Parked,
  device: string,
): Promise<Outcome | undefined> {
  const { number, slot } = parked;
  const endpoints = await deviceEndpoints(call, device, { can_call_self: true });
  if (endpoints.length === 0) return undefined;
  const timeout = Math.ceil((await callbackFor(call, data, number)) / 1000);
  const fields = await ringFields(call, endpoints, { timeout, strategy: 'simultaneous' });
  const joined = call.nextEvent(['CHANNEL_BRIDGE']);
  // When the call ends first, the bridge tells it.
  joined.catch(() => undefined);
  const done = call.bridge({
    ...fields,
    'Outbound-Caller-ID-Name': `Parking slot ${number} - ${slot['CID-Name']}`,
    'Outbound-Caller-ID-Number': slot['CID-Number'],
    'Insert-At': 'flush',
  });
  const over = done.then(() => undefined);
  const event = (await Promise.race([joined, over])) ?? (await Promise.race([joined, wait(takenLate)]));
  if (!event) {
    call.note({ Bridge: undefined });
    return undefined;
  }
  // Of a bridge of its own the event names the other leg; another phone has taken the call out of the ringing.
  if (event['Bridge-B-Unique-ID'] === undefined) return taken(call, parked);
  await emptied(call, parked, 'PARK_RETRIEVED');
  await done;
  return next();
}

/** The slot is free again, and everybody knows. */
export async function emptied(
  call: Call,
  { number, slot }: Parked,
  name: 'PARK_RETRIEVED' | 'PARK_ABANDONED',
): Promise<void> {
  await tellParking(call, name, number);
  const left = await leave(call.database, number, slot['Call-ID']);
  if (left) await showPresence(call, left, true);
}
