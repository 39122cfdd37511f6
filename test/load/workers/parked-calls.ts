// A switch without SIP: lets calls come in and park, and keeps each in the `sleep` that it is told.

import { caller } from '../../../apps/ecallmgr/testing/calls.ts';
import { FakeEventSocket } from '../../../apps/ecallmgr/testing/event-socket.ts';
import { serve } from './parent.ts';

/** So many more calls; the answer comes when all of them are held. */
export interface More {
  readonly calls: number;
}

const password = process.argv[2] ?? '';
/** As many are on their way at a time as a busy switch has. */
const atOnce = 20;

const socket = new FakeEventSocket(password);
await socket.listen(Number(process.argv[3]));
const held = new Map<string, () => void>();
socket.onApi = (command) =>
  command.startsWith('show channels')
    ? JSON.stringify({ row_count: held.size, rows: [...held.keys()].map((uuid) => ({ uuid })) })
    : undefined;
socket.onExecute = (it) => {
  if (it.application === 'respond') throw new Error(`a call was refused: ${it.argument}`);
  if (it.application === 'sleep') held.get(it.callId)?.();
  else socket.complete(it);
};

async function oneMore(): Promise<void> {
  const callId = `bench-${held.size}@127.0.0.1`;
  const isHeld = new Promise<void>((resolve) => void held.set(callId, resolve));
  const now = String(Date.now() * 1000);
  const event = { ...caller, 'Unique-ID': callId, 'Event-Date-Timestamp': now };
  socket.emit({ ...event, 'Event-Name': 'CHANNEL_CREATE' });
  socket.emit({ ...event, 'Event-Name': 'CHANNEL_PARK' });
  await isHeld;
}

serve<More, number>(async ({ calls }) => {
  let left = calls;
  const line = async (): Promise<void> => {
    while (left-- > 0) await oneMore();
  };
  await Promise.all(Array.from({ length: atOnce }, line));
  return held.size;
});
