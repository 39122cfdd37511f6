// Something that claims to be a FreeSWITCH: it greets and lets in, and then says what no switch would say.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface BrokenSwitch {
  readonly port: number;
  /** Connections so far. */
  readonly connections: () => number;
  stop(): Promise<void>;
}

const event = (body: string, length: number | string = Buffer.byteLength(body)): string =>
  `Content-Length: ${length}\nContent-Type: text/event-plain\n\n${body}`;

/** Frames that can be left out, one after the other. */
const skipped = [
  'Content-Type: nonsense/never-heard-of\n\n',
  'Content-Type: text/event-plain\n\n',
  event(''),
  event('\n'),
  event('no colon in this line\n\n'),
  event('Event-Name\n\n'),
  event('Event-Name: \n\n'),
  event('Event-Name: CHANNEL_PARK\n\n'),
  event('Event-Name: CHANNEL_PARK\nUnique-ID: %%%ZZ%1\n\n'),
  event('Event-Name: CHANNEL_DESTROY\nUnique-ID: never-was\nvariable_billsec: many\n\n'),
  event('Event-Name: CHANNEL_EXECUTE_COMPLETE\nUnique-ID: x\nApplication-Data: %FF%FE%00\n\n'),
  event(`Event-Name: CHANNEL_PARK\nUnique-ID: ${'x'.repeat(100_000)}\n\n`),
  event('Event-Name: CUSTOM\nEvent-Subclass: \u0000\u0001\n\n'),
  event('Event-Name: BACKGROUND_JOB\nJob-UUID: not-ours\nContent-Length: 99999\n\nshort'),
  event('Event-Name: HEARTBEAT\nUp-Time: \n\n'),
  'Content-Length: 2\nContent-Type: text/event-json\n\n{]',
  'Content-Length: 4\nContent-Type: text/event-json\n\nnull',
  'Content-Type: command/reply\nReply-Text: +OK nobody asked\n\n',
  'Content-Length: 5\nContent-Type: api/response\n\n12345',
  ':::\n::\n:\n\n',
  '\n\n\n\n\n\n',
] as const;
/** What the connection cannot survive. */
const fatal = [
  'Content-Length: -5\nContent-Type: text/event-plain\n\n',
  'Content-Length: many\nContent-Type: text/event-plain\n\n',
  'Content-Length: 99999999999999999999\nContent-Type: text/event-plain\n\nx',
  `X-Endless: ${'y'.repeat(3_000_000)}`,
] as const;

/** Listens on a port of its own. Each connection that was let in gets all that can be left out, then one fatal frame. */
export async function startBrokenSwitch(): Promise<BrokenSwitch> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    const index = count;
    count += 1;
    socket.write('Content-Type: auth/request\n\n');
    socket.on('data', (chunk) => answer(socket, chunk.toString(), index));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

function answer(socket: Socket, text: string, index: number): void {
  for (const command of text.split('\n\n').filter((line) => line.trim() !== '')) {
    if (command.startsWith('auth')) socket.write('Content-Type: command/reply\nReply-Text: +OK accepted\n\n');
    else if (command.startsWith('event')) {
      socket.write('Content-Type: command/reply\nReply-Text: +OK event listener enabled plain\n\n');
      for (const frame of skipped) socket.write(frame);
      socket.write(fatal[index % fatal.length] ?? '');
    } else socket.write('Content-Length: 9\nContent-Type: api/response\n\n\u0000\u0001garbage');
  }
}
