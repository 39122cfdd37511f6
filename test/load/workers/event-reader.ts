// Reads events at full speed in one of three ways, and tells how long it took: `event-reader.js PORT PASSWORD`.
import net from 'node:net';
import modesl from 'modesl';
import { SwitchClient } from '../../../apps/ecallmgr/freeswitch/index.ts';
import { silentLog } from '../../../core/testing/log.ts';
import { serve } from './parent.ts';

export type Reading = 'socket' | 'modesl' | 'ours';

export interface Flood {
  readonly way: Reading;
  readonly events: number;
  /** Bytes of one event with its head. */
  readonly bytes: number;
}

export interface Read {
  /** Until the last of them was there, or was known to be dropped. */
  readonly seconds: number;
  /** Microseconds of this process's processor time for each. */
  readonly cpu: number;
  readonly dropped: number;
}

const [, , port = '', password = ''] = process.argv;
const address = { host: '127.0.0.1', port: Number(port) };

/** Reads and counts bytes: nothing is understood. */
async function bySocket({ events, bytes }: Flood): Promise<number> {
  const socket = net.connect({ ...address, noDelay: true });
  socket.write(`auth ${password}\n\nevent json CHANNEL_ANSWER\n\nbgapi flood ${events}\n\n`);
  let left = events * bytes;
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      left -= chunk.length;
      if (left <= 0) resolve();
    });
  });
  socket.destroy();
  return 0;
}

/** As its README shows: an event with its headers for each. */
async function byModesl({ events }: Flood): Promise<number> {
  let left = events;
  await new Promise<void>((resolve) => {
    const connection = new modesl.Connection(address.host, address.port, password, () => {
      connection.on('esl::event::CHANNEL_ANSWER::*', () => {
        left -= 1;
        if (left > 0) return;
        connection.disconnect();
        resolve();
      });
      connection.events('json', ['CHANNEL_ANSWER']);
      connection.send(`bgapi flood ${events}`);
    });
  });
  return 0;
}

/** ecallmgr's client: framed, checked, queued, handed over in turns of the event loop. */
async function byOurs({ events }: Flood): Promise<number> {
  let [left, dropped] = [events, 0];
  let over = (): void => undefined;
  const all = new Promise<void>((resolve) => {
    over = resolve;
  });
  const settled = (): void => {
    left -= 1;
    if (left === 0) over();
  };
  let up = (): void => undefined;
  const connected = new Promise<void>((resolve) => {
    up = resolve;
  });
  const client = new SwitchClient({
    ...address,
    password,
    log: silentLog(),
    onEvent: settled,
    onUp: async () => up(),
    onDown: () => undefined,
    count: (what) => {
      if (what !== 'dropped_event') return;
      dropped += 1;
      settled();
    },
  });
  client.start();
  await connected;
  // Its answer is the flood.
  client.api(`flood ${events}`, 60_000).catch(() => undefined);
  await all;
  await client.stop();
  return dropped;
}

const ways = { socket: bySocket, modesl: byModesl, ours: byOurs };
serve<Flood, Read>(async (flood) => {
  const used = process.cpuUsage();
  const began = performance.now();
  const dropped = await ways[flood.way](flood);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(used);
  return { seconds, cpu: (user + system) / flood.events, dropped };
});
