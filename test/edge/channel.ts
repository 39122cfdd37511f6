// The ways by which a test's phone, carrier or media server speaks SIP: UDP, TCP, TLS and WebSocket, over IPv4 or IPv6.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { formatHostPort } from '../../rel/embedded/sip/stack/index.ts';

export type Way = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** One socket. Connections lead to `edge` alone, datagrams also elsewhere. */
export interface Channel {
  readonly way: Way;
  /** What stands in our Via and Contact. */
  own: Place;
  /** Where the edge sees us. */
  readonly seen: Place;
  send(data: Buffer | string, to?: Place): void;
  close(): Promise<void>;
}

export interface ChannelOptions {
  readonly way: Way;
  readonly edge: Place;
  /** Own address and port. */
  readonly host?: string;
  readonly port?: number;
  readonly onMessage: (data: Buffer, from: Place) => void;
}

/** Opens a channel. Rejects when the edge cannot be reached by it. */
export function openChannel(options: ChannelOptions): Promise<Channel> {
  const { way } = options;
  if (way === 'udp') return openUdp(options);
  return way === 'ws' || way === 'wss' ? openWebSocket(options) : openStream(options);
}

async function openUdp({ edge, host = '127.0.0.1', port = 0, onMessage }: ChannelOptions): Promise<Channel> {
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: 4_194_304 });
  socket.bind(port, host);
  await once(socket, 'listening');
  // A few bytes are a keepalive.
  socket.on(
    'message',
    (data, from) => data.length > 4 && onMessage(data, { host: from.address, port: from.port }),
  );
  socket.on('error', () => undefined);
  const own = { host, port: socket.address().port };
  let closed = false;
  return {
    way: 'udp',
    own,
    seen: own,
    send: (data, to = edge) => {
      if (!closed) socket.send(data, to.port, to.host);
    },
    close: async () => {
      if (closed) return;
      closed = true;
      socket.close();
      await once(socket, 'close');
    },
  };
}

async function openStream({ way, edge, host, onMessage }: ChannelOptions): Promise<Channel> {
  const target = { ...edge, ...(host === undefined ? {} : { localAddress: host }) };
  const socket: Socket =
    way === 'tls' ? connectTls({ ...target, rejectUnauthorized: false }) : connectTcp(target);
  await once(socket, way === 'tls' ? 'secureConnect' : 'connect');
  let pending = '';
  socket.on('data', (chunk: Buffer) => {
    pending += chunk.toString('latin1');
    for (;;) {
      pending = pending.replace(/^(\r\n)+/, '');
      const head = pending.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/^(?:content-length|l) *: *(\d+)/im.exec(pending.slice(0, head))?.[1] ?? 0);
      if (pending.length < head + 4 + length) return;
      onMessage(Buffer.from(pending.slice(0, head + 4 + length), 'latin1'), edge);
      pending = pending.slice(head + 4 + length);
    }
  });
  socket.on('error', () => undefined);
  const own = { host: socket.localAddress ?? '127.0.0.1', port: socket.localPort ?? 0 };
  return { way, own, seen: own, send: (data) => void socket.write(data), close: () => closed(socket) };
}

/** A browser knows no address of its own: RFC 7118 §5 gives it a name under `.invalid`. */
async function openWebSocket({ way, edge, host, onMessage }: ChannelOptions): Promise<Channel> {
  const socket = new WebSocket(`${way}://${formatHostPort(edge.host, edge.port)}`, 'sip', {
    rejectUnauthorized: false,
    ...(host === undefined ? {} : { localAddress: host }),
  });
  let seen: Place = { host: '', port: 0 };
  socket.once('upgrade', ({ socket: tcp }) => {
    seen = { host: tcp.localAddress ?? '', port: tcp.localPort ?? 0 };
  });
  await once(socket, 'open');
  socket.on('message', (data: Buffer) => data.length > 4 && onMessage(data, edge));
  socket.on('error', () => undefined);
  return {
    way,
    own: { host: `${Math.random().toString(36).slice(2, 12)}.invalid`, port: 0 },
    seen,
    send: (data) => socket.send(data.toString()),
    close: async () => {
      if (socket.readyState === WebSocket.CLOSED) return;
      socket.terminate();
      await once(socket, 'close');
    },
  };
}

async function closed(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  socket.destroy();
  await once(socket, 'close');
}
