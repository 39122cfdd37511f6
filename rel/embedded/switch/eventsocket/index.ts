// The inbound event socket: FreeSWITCH's text protocol over TCP, for any number of clients.

import { createServer, type Server } from 'node:net';
import { createListener, type Listener, type ListenerOptions } from './listener.ts';

export { createEventBus, type EventBus, type EventFields, localDate } from './bus.ts';
export type { SwitchControl } from './contract.ts';
export { type EventHeaders, findHeader, type SwitchEvent } from './event.ts';
export type { CommandFrame } from './frame.ts';

export interface EventSocketOptions extends ListenerOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
}

export interface EventSocket {
  readonly port: number;
  readonly clients: number;
  /** Sends every client a disconnect notice and closes. */
  stop(): Promise<void>;
}

/** Listens; rejects with the system's error (EADDRINUSE…) when it cannot. */
export async function startEventSocket(options: EventSocketOptions): Promise<EventSocket> {
  const listeners = new Set<Listener>();
  const server = createServer((socket) => {
    const listener = createListener(socket, options);
    listeners.add(listener);
    socket.once('close', () => listeners.delete(listener));
  });
  const port = await listen(server, options);
  return {
    port,
    get clients() {
      return listeners.size;
    },
    stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const listener of listeners) listener.close();
      return closed;
    },
  };
}

function listen(server: Server, { host, port }: EventSocketOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
