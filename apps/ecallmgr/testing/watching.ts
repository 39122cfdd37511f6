// What tests of survival wait for on the switch.
import { createHash } from 'node:crypto';
import type { Live } from './live.ts';

/** Resolves when the media of a bridge goes past the switch. */
export const bypassed = (live: Live, callId: string): Promise<unknown> =>
  switchSays(live, `uuid_dump ${callId}`, (dump) => dump.includes('CS_HIBERNATE'));

/** Asks the switch until the answer fits. */
async function switchSays(live: Live, command: string, fits: (answer: string) => boolean): Promise<void> {
  const client = await live.target.client();
  for (const late = Date.now() + 8_000; !fits(await client.api(command)); )
    if (Date.now() > late) throw new Error(`${command} never fitted`);
}

/** Resolves when nothing is owed any more. */
export const settledEnds = (live: Live): Promise<void> =>
  switchSays(live, 'hash_dump db mirliton_ends', (answer) => !answer.includes('mirliton_ends_'));

/** Notes on the switch where this call is, which is over; resolves when that is forgotten. */
export async function forgotten(live: Live, callId: string): Promise<void> {
  const key = createHash('md5').update(callId).digest('hex');
  const client = await live.target.client();
  const { host, sipPort } = live.target;
  await client.api(`hash insert/mirliton_places/${key}/${host}:${sipPort}`);
  await switchSays(live, `hash select/mirliton_places/${key}`, (place) => !place.includes(`:${sipPort}`));
}

/** Resolves when this ecallmgr has beaten so many times. */
export async function beatsOf(live: Live, node: string, times: number): Promise<void> {
  const beats = new Set<string>();
  const key = Buffer.from(node).toString('base64url');
  await switchSays(live, `hash select/mirliton_beats/${key}`, (beat) => beats.add(beat).size > times);
}
