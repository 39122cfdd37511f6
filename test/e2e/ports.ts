// Free loopback ports for what a test starts.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** As many different ports as asked for, free for TCP and for UDP. */
export async function freePorts(count: number): Promise<number[]> {
  const held = [];
  while (held.length < count) {
    const found = await hold();
    if (found) held.push(found);
  }
  await Promise.all(held.map(({ release }) => release()));
  return held.map(({ port }) => port);
}

async function hold() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = createSocket('udp4');
  // On all addresses: somebody's media may be on any of them.
  const isFree = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false)).bind(port, () => resolve(true));
  });
  const release = async (): Promise<void> => {
    if (isFree) await new Promise<void>((resolve) => socket.close(() => resolve()));
    await once(server.close(), 'close');
  };
  if (isFree) return { port, release };
  await release();
  return undefined;
}
