// One authenticated connection to an event socket: commands with deadlines, background jobs, events. It never comes back: client.ts opens the next.
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { AppError, errorText } from '../../../core/errors/index.ts';
import { parseEvent, type SwitchEvent } from './event.ts';
import { type Frame, frameReader } from './frames.ts';
import { Pendings } from './pendings.ts';
import { resultOf } from './replies.ts';

/** Where a switch listens. */
export interface SwitchAddress {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}

export interface ConnectionHandlers {
  onEvent(event: SwitchEvent): void;
  /** A frame that could not be understood and was left out. */
  onBadFrame(reason: string): void;
  /** Told once, when the connection is gone and everything pending was rejected. */
  onClose(reason: AppError): void;
}

/** Headers of a `sendmsg` or `sendevent`. Unset ones are left out. */
export type CommandHeaders = Readonly<Record<string, string | number | undefined>>;

// Replies are instant: a switch that owes one for so long is stuck, and so is everything behind it.
const replyTimeout = 5_000;

/** Connects and authenticates. Rejects with `switch_unreachable`. */
export async function openConnection(
  address: SwitchAddress,
  handlers: ConnectionHandlers,
): Promise<Connection> {
  const connection = new Connection(address, handlers);
  await connection.ready;
  return connection;
}

export class Connection {
  /** Resolves when authenticated. */
  readonly ready: Promise<void>;
  readonly #handlers: ConnectionHandlers;
  readonly #where: string;
  readonly #socket: net.Socket;
  /** Commands in the order in which they were written: replies come in the same. */
  readonly #replies = new Pendings();
  readonly #jobs = new Pendings();
  #closed: AppError | undefined;
  #heard = performance.now();
  #said = 0;

  constructor(address: SwitchAddress, handlers: ConnectionHandlers) {
    this.#handlers = handlers;
    this.#where = `${address.host}:${address.port}`;
    this.#socket = net.connect({ host: address.host, port: address.port, noDelay: true, keepAlive: true });
    this.#socket.setKeepAlive(true, 10_000);
    const reader = frameReader((frame) => this.#take(frame));
    this.#socket.on('data', (chunk) => {
      this.#heard = performance.now();
      try {
        reader.read(chunk);
      } catch (error) {
        this.close(errorText(error));
      }
    });
    this.#socket.on('error', (error) => this.close(errorText(error)));
    this.#socket.on('close', () => this.close('the connection was closed'));
    // The switch speaks first; its greeting settles this entry.
    this.ready = this.#replies
      .add('greeting', 'greeting', replyTimeout, () => this.close('it did not greet in time'))
      .then(() => this.command(`auth ${address.password}`))
      .then(
        () => undefined,
        (error: unknown) => {
          this.close(errorText(error));
          throw this.#closed ?? error;
        },
      );
  }

  /**
   * Sends one command and awaits its reply. Rejects with `command_failed` when the switch refuses it, `invalid_data`
   * when an argument holds a line end, `switch_unreachable` when the connection is or gets lost.
   */
  async command(line: string, headers: CommandHeaders = {}, body?: string): Promise<string> {
    // Credentials do not belong into errors.
    const name = line.split(' ', 1)[0] ?? line;
    return resultOf(name, await this.#send(name, line, headers, body));
  }

  /**
   * Runs an API command on the connection itself (`api`) and awaits its result. Only for what ends at once: everything else that
   * the switch has to say waits for it. A job costs the switch a thread, a pause and an event.
   */
  async instant(command: string): Promise<string> {
    return resultOf(command, await this.#send(command.split(' ', 1)[0] ?? command, `api ${command}`));
  }

  /** Runs an API command beside the connection (`bgapi`) and awaits its result. `timeout` in milliseconds. */
  async job(command: string, timeout: number): Promise<string> {
    const id = randomUUID();
    const result = this.#jobs.add(command.split(' ', 1)[0] ?? command, id, timeout);
    const accepted = this.command(`bgapi ${command}`, { 'Job-UUID': id });
    accepted.catch((error: AppError) => this.#jobs.reject(id, error));
    // Most jobs end within 2 ms, just after the listener of the switch fell asleep for 20 (measured: p50 1.8, max 22).
    const wake = setTimeout(() => this.wake(), 2);
    try {
      return resultOf(command, await result);
    } finally {
      clearTimeout(wake);
    }
  }

  /** Writes one command and awaits what the switch answers to it. */
  async #send(name: string, line: string, headers: CommandHeaders = {}, body?: string): Promise<string> {
    if (this.#closed) throw this.#closed;
    const lines = [line];
    for (const [header, value] of Object.entries(headers))
      if (value !== undefined) lines.push(`${header}: ${value}`);
    if (body !== undefined) lines.push(`content-length: ${Buffer.byteLength(body)}`);
    refuseLineEnds(lines);
    const reply = this.#replies.add(name, undefined, replyTimeout, () =>
      this.close(`no reply to ${name} within ${replyTimeout} ms`),
    );
    this.#said = performance.now();
    this.#socket.write(`${lines.join('\n')}\n\n${body ?? ''}`);
    return reply;
  }

  /**
   * Wakes the listener of the switch, which else sleeps up to 20 ms before it looks for events to send. One that has said or read
   * something within `quiet` ms is left alone.
   */
  wake(quiet = 0): void {
    if (this.#closed || performance.now() - Math.max(this.#heard, this.#said) < quiet) return;
    this.#said = performance.now();
    this.#socket.write('\n');
  }

  /** Milliseconds since anything came. */
  silence(): number {
    return performance.now() - this.#heard;
  }

  /** Ends the connection; everything pending is rejected with `switch_unreachable` and this reason. */
  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = new AppError('switch_unreachable', {
      message: `event socket ${this.#where}: ${reason}`,
    });
    this.#socket.destroy();
    this.#replies.rejectAll(this.#closed);
    this.#jobs.rejectAll(this.#closed);
    this.#handlers.onClose(this.#closed);
  }

  #take({ contentType, headers, body }: Frame): void {
    switch (contentType) {
      case 'text/event-json':
        this.#takeEvent(body);
        break;
      case 'command/reply':
        this.#replies.resolveFirst(headers['Reply-Text'] ?? '');
        break;
      case 'api/response':
        this.#replies.resolveFirst(body);
        break;
      case 'auth/request':
        this.#replies.resolve('greeting', '+OK');
        break;
      case 'text/disconnect-notice':
        this.close('the switch ended the connection');
        break;
      case 'text/rude-rejection':
        this.close('the switch does not let this address in (its event_socket ACL)');
        break;
      default:
        this.#handlers.onBadFrame(`unexpected content type ${JSON.stringify(contentType.slice(0, 60))}`);
    }
  }

  #takeEvent(body: string): void {
    const event = parseEvent(body);
    if (!event) this.#handlers.onBadFrame('an event that is not a JSON object with a name');
    else if (event['Event-Name'] !== 'BACKGROUND_JOB') this.#handlers.onEvent(event);
    else this.#jobs.resolve(event['Job-UUID'] ?? '', event['_body'] ?? '');
  }
}

function refuseLineEnds(lines: readonly string[]): void {
  const bad = lines.find((line) => /[\r\n\0]/.test(line));
  if (bad === undefined) return;
  throw new AppError('invalid_data', {
    message: `a line end in an argument would start another command: ${JSON.stringify(bad.slice(0, 80))}`,
  });
}
