// The TCP port that applications connect to: authentication, pings, routes; the rest goes to the call logic.

import { timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { Log } from '../stack/index.ts';
import { Application } from './application.ts';
import type { Applications } from './applications.ts';
import { type Command, parseCommand } from './commands.ts';
import { FrameReader } from './frames.ts';

/** The version that is told to applications: drachtio-srf enables pings from 0.8.2 on. */
const VERSION = 'v0.9.10';

/** An application that has not authenticated in so long is dropped, in milliseconds. */
const AUTHENTICATE_WITHIN = 10_000;

export interface ControlHandlers {
  sip(application: Application, command: Command): void;
  proxy(application: Application, command: Command): void;
  gone(application: Application): void;
}

export interface ControlOptions {
  host: string;
  port: number;
  secret: string;
  /** The SIP addresses, as `protocol/host:port`. */
  addresses: string[];
  applications: Applications;
  handlers: ControlHandlers;
  log: Log;
}

export interface ControlServer {
  port: number;
  close(): Promise<void>;
}

/** Binds the control port. Rejects when the address cannot be had. */
export async function startControl(options: ControlOptions): Promise<ControlServer> {
  const server: Server = createServer({ noDelay: true, keepAlive: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => resolve());
  });
  server.removeAllListeners('error');
  server.on('error', (error) => options.log.error('sip: control port', { error: error.message }));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, options);
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound ? bound.port : options.port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function serve(socket: Socket, options: ControlOptions): void {
  const { applications, handlers, log } = options;
  const application = new Application(socket);
  const reader = new FrameReader();
  const impatience = setTimeout(() => socket.destroy(), AUTHENTICATE_WITHIN);
  socket.on('error', (error) => log.debug('sip: application connection', { error: error.message }));
  socket.on('close', () => {
    clearTimeout(impatience);
    applications.remove(application);
    handlers.gone(application);
  });
  socket.on('data', (chunk) => {
    try {
      for (const text of reader.push(chunk)) {
        const command = parseCommand(text);
        if (command.verb === 'authenticate') authenticate(application, command, options);
        else if (application.authenticated) run(application, command, options);
        else refuse(application, command, 'authenticate first', socket);
        if (application.authenticated) clearTimeout(impatience);
      }
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      log.warn('sip: application sent what cannot be read, connection closed', {
        peer: application.name,
        error: text,
      });
      socket.destroy();
    }
  });

  function authenticate(
    application: Application,
    { id, args }: Command,
    { secret, addresses }: ControlOptions,
  ): void {
    if (!sameSecret(args[0] ?? '', secret)) {
      log.warn('sip: application refused, wrong secret', { peer: application.name });
      refuse(application, { id }, 'incorrect secret', socket);
      return;
    }
    application.authenticated = true;
    applications.add(application);
    const hostports = addresses.join(',');
    application.answer(id, 'OK', `${hostports}|${VERSION}|${hostports}`);
  }
}

function refuse(application: Application, { id }: Pick<Command, 'id'>, why: string, socket: Socket): void {
  application.answer(id, 'NO', why);
  socket.end();
}

function run(application: Application, command: Command, { handlers }: ControlOptions): void {
  const [argument = ''] = command.args;
  if (command.verb === 'sip') handlers.sip(application, command);
  else if (command.verb === 'proxy') handlers.proxy(application, command);
  else if (command.verb === 'ping') application.answer(command.id, 'OK', 'pong');
  else if (command.verb === 'route') {
    application.verbs.add(argument.toUpperCase());
    application.answer(command.id, 'OK');
  } else if (command.verb === 'remove_route') {
    application.verbs.delete(argument.toUpperCase());
    application.answer(command.id, 'OK');
  } else application.answer(command.id, 'NO', 'Unknown message type');
}

function sameSecret(given: string, secret: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(secret);
  return a.length === b.length && timingSafeEqual(a, b);
}
