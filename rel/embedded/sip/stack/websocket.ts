// SIP over WebSocket (RFC 7118): a server and the connections that browsers open. It opens none: a browser cannot be dialled.

import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server } from 'node:net';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import {
  type Address,
  type Flow,
  type Listen,
  type Listener,
  type Log,
  type OnData,
  type OnFail,
  plainAddress,
  type Secure,
} from './flow.ts';
import { LIMITS } from './message.ts';
import { bind, TCP_LIMITS } from './tcp.ts';

type Place = Address | Flow['remote'];

/** Binds a WebSocket server, by TLS with a key and a certificate. Peers must ask for the subprotocol `sip`. */
export function listenWebSocket(secure?: Secure): Listen {
  return async (host, port, onData, log) => {
    const server = secure ? createSecureServer(secure) : createServer();
    server.maxConnections = TCP_LIMITS.connections;
    await bind(server, host, port);
    const bound = server.address();
    const listening = { host, port: typeof bound === 'object' && bound ? bound.port : 0 };
    return new WebSocketListener(server, { protocol: secure ? 'wss' : 'ws', ...listening }, onData, log);
  };
}

const keyOf = (peer: { host: string; port: number }): string => `${peer.host} ${peer.port}`;

class WebSocketListener implements Listener {
  readonly address: Address;
  #sockets: WebSocketServer;
  #server: Server;
  #connections = new Map<string, WebSocket>();
  #onData: OnData;

  constructor(server: ReturnType<typeof createServer>, address: Address, onData: OnData, log: Log) {
    this.address = address;
    this.#server = server;
    this.#onData = onData;
    this.#sockets = new WebSocketServer({
      server,
      maxPayload: LIMITS.head + LIMITS.body,
      handleProtocols: (offered) => (offered.has('sip') ? 'sip' : false),
    });
    this.#sockets.on('error', (error) => log.error('sip: websocket server error', { error: error.message }));
    this.#sockets.on('connection', (socket, { socket: { remoteAddress = '', remotePort = 0 } }) => {
      // Without the subprotocol it is no SIP (RFC 7118 §4).
      if (socket.protocol === 'sip')
        this.#adopt(socket, { host: plainAddress(remoteAddress), port: remotePort }, log);
      else socket.close(1002, 'the subprotocol is sip');
    });
  }

  send(data: Buffer, to: Place, fail: OnFail): void {
    const socket = this.#connections.get(keyOf(to));
    if (!socket) {
      process.nextTick(fail, new Error(`no ${this.address.protocol} connection to ${to.host}:${to.port}`));
      return;
    }
    socket.send(data, { binary: false }, (error) => {
      if (error) fail(error);
    });
  }

  reaches(to: Place): boolean {
    return this.#connections.has(keyOf(to));
  }

  async close(): Promise<void> {
    const done = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets.clients) socket.terminate();
    await done;
  }

  #adopt(socket: WebSocket, remote: Flow['remote'], log: Log): void {
    const key = keyOf(remote);
    const { protocol, host, port } = this.address;
    const flow: Flow = { protocol, local: { host, port }, remote };
    this.#connections.set(key, socket);
    socket.on('error', (error) => log.debug('sip: connection lost', { peer: key, error: error.message }));
    socket.on('close', () => {
      if (this.#connections.get(key) === socket) this.#connections.delete(key);
    });
    socket.on('message', (data: RawData) => {
      const message = Buffer.isBuffer(data)
        ? data
        : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
      // A double CRLF is a ping (RFC 7118 §6, RFC 5626 §3.5.1).
      if (message.toString() === '\r\n\r\n') socket.send('\r\n');
      else if (message.length > 4) this.#onData(message, flow);
    });
  }
}
