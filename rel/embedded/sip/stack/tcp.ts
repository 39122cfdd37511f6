// SIP over TCP and TLS: a server and the connections of its protocol, reused by peer address (RFC 3261 §18, RFC 5923).

import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Address, Flow, Listen, Listener, Log, OnData, OnFail, Secure } from './flow.ts';
import { plainAddress } from './flow.ts';
import { StreamFramer } from './framing.ts';

/** Bounds of the connections. Times in milliseconds. */
export interface TcpLimits {
  /** A connection without a byte for so long is closed: longer than a registration lasts. */
  idle: number;
  connect: number;
  connections: number;
}

export const TCP_LIMITS: TcpLimits = { idle: 3_900_000, connect: 5000, connections: 10_000 };

/** Binds a TCP server. Rejects when the address cannot be had. */
export async function listenTcp(
  host: string,
  port: number,
  onData: OnData,
  log: Log,
  limits: TcpLimits = TCP_LIMITS,
): Promise<Listener> {
  const server = createServer({ noDelay: true });
  await bind(server, host, port);
  return new StreamListener('tcp', server, host, onData, log, limits);
}

/** Binds a TLS server. It sends by the connections that phones have opened, and opens none. */
export function listenTls(secure: Secure): Listen {
  return async (host, port, onData, log) => {
    const server = createTlsServer({ ...secure, noDelay: true });
    server.on('tlsClientError', (error) => log.debug('sip: no TLS with a peer', { error: error.message }));
    await bind(server, host, port);
    return new StreamListener('tls', server, host, onData, log, TCP_LIMITS);
  };
}

/** Resolves when the server listens; rejects when the address cannot be had. */
export function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

const keyOf = (peer: { host: string; port: number }): string => `${peer.host} ${peer.port}`;

class StreamListener implements Listener {
  readonly address: Address;
  #server: Server;
  /** Also those whose handshake is not over. */
  #sockets = new Set<Socket>();
  #connections = new Map<string, Socket>();
  #onData: OnData;
  #log: Log;
  #limits: TcpLimits;
  #closed = false;

  constructor(
    protocol: 'tcp' | 'tls',
    server: Server,
    host: string,
    onData: OnData,
    log: Log,
    limits: TcpLimits,
  ) {
    this.#server = server;
    this.#onData = onData;
    this.#log = log;
    this.#limits = limits;
    const bound = server.address();
    this.address = { protocol, host, port: typeof bound === 'object' && bound ? bound.port : 0 };
    server.maxConnections = limits.connections;
    server.on('error', (error) => log.error(`sip: ${protocol} server error`, { error: error.message }));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on(protocol === 'tls' ? 'secureConnection' : 'connection', (socket: Socket) => {
      const host = plainAddress(socket.remoteAddress ?? '');
      this.#adopt(socket, { host, port: socket.remotePort ?? 0 });
    });
  }

  send(data: Buffer, to: { host: string; port: number }, fail: OnFail): void {
    if (this.#closed) {
      process.nextTick(fail, new Error('the transport is closed'));
      return;
    }
    const { protocol } = this.address;
    const socket = this.#connections.get(keyOf(to)) ?? (protocol === 'tcp' ? this.#open(to) : undefined);
    if (!socket) {
      process.nextTick(fail, new Error(`no ${protocol} connection to ${to.host}:${to.port}`));
      return;
    }
    socket.write(data, (error) => {
      if (error) fail(error);
    });
  }

  reaches(to: { host: string; port: number }): boolean {
    return this.#connections.has(keyOf(to));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const done = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of [...this.#connections.values(), ...this.#sockets]) socket.destroy();
    await done;
  }

  /** Writes are queued by the socket until it is connected, and fail with it. */
  #open(to: { host: string; port: number }): Socket {
    const socket = connect({ host: to.host, port: to.port, noDelay: true });
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no connection to ${to.host}:${to.port} in ${this.#limits.connect} ms`));
    }, this.#limits.connect);
    const settled = (): void => clearTimeout(timer);
    socket.once('connect', settled).once('close', settled);
    this.#adopt(socket, to);
    return socket;
  }

  #adopt(socket: Socket, peer: { host: string; port: number }): void {
    const key = keyOf(peer);
    const { protocol, host, port } = this.address;
    const flow: Flow = { protocol, local: { host, port }, remote: peer };
    const framer = new StreamFramer();
    this.#connections.set(key, socket);
    socket.setTimeout(this.#limits.idle, () => socket.destroy());
    socket.on('error', (error) =>
      this.#log.debug('sip: connection lost', { peer: key, error: error.message }),
    );
    socket.on('close', () => {
      if (this.#connections.get(key) === socket) this.#connections.delete(key);
      if (framer.pending > 0)
        this.#log.warn('sip: connection ended inside a message', {
          peer: `${peer.host}:${peer.port}`,
          bytes: framer.pending,
        });
    });
    socket.on('data', (chunk) => this.#receive(socket, framer, chunk, flow));
  }

  #receive(socket: Socket, framer: StreamFramer, chunk: Buffer, flow: Flow): void {
    try {
      const { messages, pings } = framer.push(chunk);
      for (let i = 0; i < pings; i++) socket.write('\r\n');
      for (const message of messages) this.#onData(message, flow);
    } catch (error) {
      this.#log.warn('sip: stream cannot be followed, connection closed', {
        peer: `${flow.remote.host}:${flow.remote.port}`,
        error: error instanceof Error ? error.message : String(error),
      });
      socket.destroy();
    }
  }
}
