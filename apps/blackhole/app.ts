// blackhole: websockets over which pages hear at once what happens in their accounts.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import { AppError, errorText } from '../../core/errors/index.ts';
import { websocketsReq, websocketsResp } from '../../core/messages/websockets.ts';
import { startFeed } from './feed.ts';
import { limitsOf } from './settings.ts';
import { type Client, serveClient } from './socket.ts';

/** The blackhole app. */
export const blackhole: App = { name: 'blackhole', start };

/** A started blackhole, and where it listens. */
export interface RunningBlackhole extends RunningApp {
  readonly port: number;
}

/** Bytes of a frame; a longer one ends the socket with 1009. */
const longestFrame = 65_536;

/** Rejects when the port is taken. */
export async function start(context: AppContext): Promise<RunningBlackhole> {
  const { bus, metrics, settings, systemConfig, log } = context;
  const feed = await startFeed(context);
  const clients = new Map<WebSocket, Client>();
  const quiet = new WeakSet<WebSocket>();
  const events = metrics.counter('websocket_events_total', 'Events sent to websockets');
  const closed = metrics.counter('websocket_refused_total', 'Sockets that were closed by the server', [
    'why',
  ]);
  metrics.gauge('websockets_open', 'Open websockets', () => clients.size);

  const count = (fits: (client: Client) => boolean): number => [...clients.values()].filter(fits).length;
  const server = new WebSocketServer({
    host: settings.websockets.host,
    port: settings.websockets.port,
    maxPayload: longestFrame,
  });
  await listening(server, settings.websockets);
  let limits = await limitsOf(systemConfig);

  server.on('connection', (socket, request) => {
    const ip = request.socket.remoteAddress ?? '';
    const client = serveClient(socket, {
      context,
      feed,
      limits,
      ip,
      hasRoom: (account) =>
        count(({ accounts }) => accounts.has(account)) < limits.max_connections_per_account,
      onEvent: () => events.inc(),
    });
    // A frame that is none, or one too long: the socket ends with the code that says so.
    socket.on('error', (error) => log.debug('a websocket failed', { error, ip }));
    if (count((other) => other.ip === ip) >= limits.max_connections_per_ip) {
      closed.inc({ why: 'too many' });
      client.close('tooMany');
      return;
    }
    clients.set(socket, client);
    socket.on('pong', () => quiet.delete(socket));
    socket.once('close', () => {
      clients.delete(socket);
      void client.end().catch((error: unknown) => log.error('a websocket left bindings', { error }));
    });
  });

  const beat = async (): Promise<void> => {
    limits = await limitsOf(systemConfig);
    for (const [socket, client] of clients) {
      if (quiet.has(socket)) {
        closed.inc({ why: 'silent' });
        socket.terminate();
        continue;
      }
      quiet.add(socket);
      socket.ping();
      await client.check();
    }
  };
  const heart = setInterval(
    () => void beat().catch((error: unknown) => log.warn('a heartbeat failed', { error })),
    limits.heartbeat_ms,
  ).unref();

  const questions = await bus.consume(
    { bindings: [{ exchange: 'sysconf', key: 'websockets.get' }], contracts: [websocketsReq] },
    async (request) => {
      const { 'Account-ID': account, 'Socket-ID': id } = request.message;
      const found = [...clients.values()].filter(
        (client) => client.accounts.has(account) && (id === undefined || client.id === id),
      );
      await bus.reply(request, websocketsResp, { Data: found.map((client) => client.describe(account)) });
    },
  );

  const { port } = server.address() as AddressInfo;
  log.info('websockets are served', { host: settings.websockets.host, port });
  return {
    port,
    info: () => ({ sockets: clients.size }),
    stop: async () => {
      clearInterval(heart);
      await questions.stop();
      const ends = [...clients.values()].map((client) => client.end());
      for (const [socket, client] of clients) {
        client.close('stopping');
        socket.terminate();
      }
      await Promise.all(ends);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await feed.stop();
    },
  };
}

async function listening(
  server: WebSocketServer,
  { host, port }: AppContext['settings']['websockets'],
): Promise<void> {
  try {
    await once(server, 'listening');
  } catch (cause) {
    const isTaken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const why = isTaken ? 'the port is taken; set websockets.port' : errorText(cause);
    throw new AppError('invalid_config', {
      message: `websockets cannot listen on ${host}:${port}: ${why}`,
      cause,
    });
  }
}
