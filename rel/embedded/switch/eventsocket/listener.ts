// One client of the event socket: authentication, commands in turn, and a bounded queue of events.

import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Logger } from '../../../../core/log/index.ts';
import type { EventBus } from './bus.ts';
import { type Connection, type Reply, runCommand } from './commands.ts';
import type { SwitchControl } from './contract.ts';
import { eventFrame, type SwitchEvent } from './event.ts';
import { type CommandFrame, createFrameReader, FrameError } from './frame.ts';
import { createSubscription } from './subscription.ts';

/** FreeSWITCH holds so many events for a client that does not read, and drops it after so many more. */
const MAX_QUEUED_EVENTS = 100_000;
const MAX_LOST_EVENTS = 500;
const MAX_WAITING_COMMANDS = 10_000;

export interface ListenerOptions {
  password: string;
  control: SwitchControl;
  bus: EventBus;
  log: Logger;
}

export interface Listener {
  /** Says goodbye and closes; the reason FreeSWITCH gives on shutdown is the same for all. */
  close(): void;
}

export function createListener(socket: Socket, options: ListenerOptions): Listener {
  const { bus, log, password } = options;
  const read = createFrameReader();
  const waiting: CommandFrame[] = [];
  const queue: SwitchEvent[] = [];
  const subscription = createSubscription();
  let authenticated = false;
  let working = false;
  let closing = false;
  let lost = 0;

  const connection: Connection = {
    control: options.control,
    bus,
    subscription,
    format: 'plain',
    logging: false,
    session: undefined,
    close: () => {
      closing = true;
    },
  };

  /** Writes nothing while a command runs: FreeSWITCH's `api` holds up the events of its connection too. */
  function flush(): void {
    while (queue.length > 0 && !working && !socket.writableNeedDrain && !socket.destroyed) {
      const event = queue.shift();
      if (event) socket.write(eventFrame(event, connection.format));
    }
  }

  function onEvent(event: SwitchEvent): void {
    if (!authenticated || closing || !subscription.wants(event)) return;
    if (queue.length < MAX_QUEUED_EVENTS) {
      queue.push(event);
      flush();
      return;
    }
    lost += 1;
    if (lost > MAX_LOST_EVENTS) {
      log.warn('event socket client does not read its events; it is dropped', { queued: queue.length, lost });
      socket.destroy();
    }
  }

  async function answer(frame: CommandFrame): Promise<Reply> {
    if (authenticated || /^(exit|\.\.\.)/i.test(frame.command)) return runCommand(connection, frame);
    const [, verb, secret = ''] = /^(auth|userauth)\s+(.*)$/i.exec(frame.command) ?? [];
    if (!verb) return { text: '-ERR command not found' };
    closing = true;
    if (verb.toLowerCase() === 'userauth') {
      return { text: '-ERR userauth is not available on the embedded switch; use auth' };
    }
    if (!sameSecret(secret, password)) return { text: '-ERR invalid' };
    closing = false;
    authenticated = true;
    return { text: '+OK accepted' };
  }

  async function work(): Promise<void> {
    if (working) return;
    working = true;
    for (let frame = waiting.shift(); frame && !closing; frame = waiting.shift()) {
      socket.write(writeReply(await answer(frame)));
    }
    working = false;
    if (closing) sayGoodbye(socket);
    else flush();
  }

  function onData(chunk: Buffer): void {
    if (closing) return;
    try {
      waiting.push(...read(chunk));
      if (waiting.length > MAX_WAITING_COMMANDS)
        throw new FrameError('too many commands without waiting for replies');
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      log.warn('event socket client sent what cannot be read', { reason: error.message });
      closing = true;
      sayGoodbye(socket);
      return;
    }
    work().catch((error: unknown) => {
      log.error('event socket command failed', { error: String(error) });
      socket.destroy();
    });
  }

  const unsubscribe = bus.subscribe(onEvent, subscription.mayWant);
  socket.setNoDelay(true).setKeepAlive(true, 10_000);
  socket.on('data', onData);
  socket.on('drain', flush);
  socket.on('error', (error) => log.debug('event socket client lost', { error: error.message }));
  socket.on('close', () => {
    unsubscribe();
    queue.length = 0;
    waiting.length = 0;
  });
  socket.write('Content-Type: auth/request\n\n');

  return {
    close() {
      flush();
      closing = true;
      sayGoodbye(socket);
    },
  };
}

const GOODBYE = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';

function sayGoodbye(socket: Socket): void {
  if (socket.writableEnded || socket.destroyed) return;
  socket.end(`Content-Type: text/disconnect-notice\nContent-Length: ${GOODBYE.length}\n\n${GOODBYE}`);
  // A client that never closes its side must not keep the socket for ever.
  const timer = setTimeout(() => socket.destroy(), 1000);
  socket.once('close', () => clearTimeout(timer));
}

function writeReply(reply: Reply): string {
  if (reply.body !== undefined) {
    return `Content-Type: api/response\nContent-Length: ${Buffer.byteLength(reply.body)}\n\n${reply.body}`;
  }
  const extra = Object.entries(reply.headers ?? {}).map(([name, value]) => `${name}: ${value}\n`);
  return `Content-Type: command/reply\nReply-Text: ${reply.text ?? ''}\n${extra.join('')}\n`;
}

function sameSecret(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
