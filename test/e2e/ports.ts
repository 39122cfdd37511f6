// Free loopback ports for what a test starts.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

// Below those that the kernel gives to outgoing connections. Suites that run side by side have ranges of their own.
const [first = 20_000, last = 29_999] = (process.env['MIRLITON_TEST_PORTS'] ?? '')
  .split('-')
  .filter(Boolean)
  .map(Number);
let next = first + Math.floor(Math.random() * (last - first));

/** As many different ports as asked for, free for TCP and for UDP. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    next = next === last ? first : next + 1;
    const port = next;
    if (await isFree(port)) found.push(port);
  }
  return found;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const socket = createSocket('udp4');
  try {
    await Promise.all([
      once(server.listen(port, '127.0.0.1'), 'listening'),
      // On all addresses: somebody's media may be on any of them.
      once(socket.bind(port), 'listening'),
    ]);
    return true;
  } catch {
    return false;
  } finally {
    await Promise.all([
      new Promise((resolve) => server.close(resolve)),
      new Promise<void>((resolve) => {
        try {
          socket.close(resolve);
        } catch {
          // It was never bound.
          resolve();
        }
      }),
    ]);
  }
}
