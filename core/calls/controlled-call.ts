// A call that this process controls: commands go to its control queue, events come back and settle what waits for them.
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Bus } from '../amqp/index.ts';
import type { AnyMessage, MessageFields, MessageOf } from '../contract/index.ts';
import { AppError, hasCode } from '../errors/index.ts';
import type { callEvent, usurpControl } from '../messages/call.ts';
import { type CommandName, commands, type dialplanError } from '../messages/dialplan.ts';
import { DigitQueue } from './digits.ts';

export type CallEvent = MessageOf<typeof callEvent>;
export type DialplanError = MessageOf<typeof dialplanError>;

// A broker may be away for the better part of a minute; who drives the switch, and its queue, come back to it after us.
const sendPatience = 50_000;
const firstPause = 100;
const longestPause = 2_000;

/** What is told of a call: its events, refused commands, and that another process took control. */
export type CallMessage = CallEvent | DialplanError | MessageOf<typeof usurpControl>;

/** The fields of a command, without those that the call fills in. */
export type CommandFields<N extends CommandName> = Omit<
  MessageFields<(typeof commands)[N]>,
  'Call-ID' | 'Application-Name'
>;

interface Pending {
  readonly name: CommandName;
  readonly fields: object;
  resolve(event: CallEvent): void;
  reject(error: AppError): void;
  readonly timer: NodeJS.Timeout | undefined;
}

/** Which call, where its commands go to, and the fetch id it was won under: another one that takes control ends it here. */
export interface CallIdentity {
  readonly callId: string;
  readonly controlQueue: string;
  readonly fetchId?: string | undefined;
}

/** One controlled call. Feed it what is told of the call with `hear`; everything that waits rejects once it has ended. */
export class ControlledCall {
  readonly controlQueue: string;
  fetchId: string | undefined;
  answered = false;
  /** True when the leg was bridged at least once since the last `bridge` command began. */
  bridged = false;
  /** The end of the last bridge, whoever commanded it, and when it was told (`performance.now`). */
  lastBridge: { readonly event: CallEvent; readonly at: number } | undefined;
  /** Why the call ended for this process, once it has. */
  endReason: AppError | undefined;
  #callId: string;
  readonly #over = new AbortController();
  readonly #bus: Bus;
  readonly #pending = new Map<string, Pending>();
  readonly #digits = new DigitQueue();
  #newestCheckpoint: string | undefined;
  readonly #watchers = new Set<(event: CallEvent) => void>();

  constructor(bus: Bus, { callId, controlQueue, fetchId }: CallIdentity) {
    this.#bus = bus;
    this.fetchId = fetchId;
    this.#callId = callId;
    this.controlQueue = controlQueue;
  }

  /** The id of the leg that it is now: another leg may take its place (CHANNEL_REPLACED). Its control queue stays the same. */
  get callId(): string {
    return this.#callId;
  }

  /** Aborted, with the reason, once the call has ended for this process. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  get ended(): boolean {
    return this.endReason !== undefined;
  }

  /**
   * Queues a command and awaits its CHANNEL_EXECUTE_COMPLETE, which carries the command's Msg-ID.
   * Rejects with `command_failed` when the switch refused it, `command_timeout` after `timeout` milliseconds (without
   * it the command may last as long as the call), `call_hung_up` or `call_lost` when the call is gone.
   * `messageId` is given to find the completion again in another process (`rejoin`).
   */
  async execute<N extends CommandName>(
    name: N,
    fields: CommandFields<N>,
    timeout?: number,
    messageId = newCommandId(),
  ): Promise<CallEvent> {
    if (this.endReason) throw this.endReason;
    if (name === 'bridge') this.bridged = false;
    const completion = this.#expect(messageId, name, fields, timeout);
    void this.#deliverExpected(name, fields, messageId);
    return completion;
  }

  /**
   * Awaits the completion of a command that this process or one before it has sent under `messageId`. When all that the
   * call had to do is done and nothing was heard of it, it is sent again under that id, which the switch side runs only
   * if it never did. Rejects as `execute`.
   */
  async rejoin<N extends CommandName>(
    name: N,
    fields: CommandFields<N>,
    messageId: string,
  ): Promise<CallEvent> {
    if (this.endReason) throw this.endReason;
    const completion = this.#expect(messageId, name, fields, undefined);
    await Promise.race([completion, this.execute('noop', {}).catch(() => undefined)]);
    if (this.#pending.has(messageId)) void this.#deliverExpected(name, fields, messageId);
    return completion;
  }

  /**
   * Sends again what is awaited, since its completion may have been missed: under its Msg-ID nothing is run twice, and the
   * end of what is over is told again.
   */
  sendAgain(): void {
    for (const [messageId, { name, fields }] of this.#pending)
      void this.#deliverExpected(name, fields, messageId);
  }

  /** Queues a command and does not wait for its end. Rejects when it reached nobody. */
  async send<N extends CommandName>(name: N, fields: CommandFields<N>): Promise<void> {
    if (this.endReason) throw this.endReason;
    const messageId = newCommandId();
    if (name === 'checkpoint') this.#newestCheckpoint = messageId;
    const late = performance.now() + sendPatience;
    const mayWait = (): boolean => !this.endReason && performance.now() < late;
    // One that comes late must not overtake a newer one.
    const stale = (): boolean => name === 'checkpoint' && this.#newestCheckpoint !== messageId;
    await this.#deliver(name, fields, messageId, mayWait, stale);
  }

  /** Msg-ID of the event that told the last digit that was taken, or forgotten. */
  get digitsTaken(): string | undefined {
    return this.#digits.taken;
  }

  /** The next digit, or undefined after `timeout` milliseconds. Digits pressed before are kept until they are taken. */
  nextDigit(timeout: number): Promise<string | undefined> {
    return this.endReason ? Promise.reject(this.endReason) : this.#digits.next(timeout);
  }

  /**
   * The next event of one of these names, or undefined after `timeout` milliseconds (without it the call may last as long as
   * it likes). Rejects when the call ends for this process.
   */
  nextEvent(names: readonly CallEvent['Event-Name'][], timeout?: number): Promise<CallEvent | undefined> {
    if (this.endReason) return Promise.reject(this.endReason);
    return new Promise((resolve, reject) => {
      const settle = (then: () => void): void => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        this.over.removeEventListener('abort', ended);
        then();
      };
      const watch = (event: CallEvent): void => {
        if (names.includes(event['Event-Name'])) settle(() => resolve(event));
      };
      const ended = (): void => settle(() => reject(this.endReason));
      const timer =
        timeout === undefined ? undefined : setTimeout(() => settle(() => resolve(undefined)), timeout);
      this.#watchers.add(watch);
      this.over.addEventListener('abort', ended);
    });
  }

  /** Whether digits were pressed that are not yet taken. */
  get digitsWait(): boolean {
    return this.#digits.waiting;
  }

  /** Forgets digits that were pressed and not yet taken. */
  dropDigits(): void {
    this.#digits.clear();
  }

  /** Takes whatever is told of the call. */
  hear(message: CallMessage): void {
    if (message['Event-Category'] === 'error') this.refuse(message);
    else if (message['Event-Name'] === 'usurp_control') this.usurp(message['Fetch-ID']);
    else this.take(message);
  }

  /** The call is controlled under this fetch id from now on. */
  usurp(fetchId: string): void {
    if (this.fetchId === undefined || this.fetchId === fetchId) return;
    this.end(new AppError('call_lost', { message: 'another process took control of the call' }));
  }

  /** Takes one event of the call. */
  take(event: CallEvent): void {
    const name = event['Event-Name'];
    if (name === 'CHANNEL_EXECUTE_COMPLETE' && event['Application-Name'] === 'bridge')
      this.lastBridge = { event, at: performance.now() };
    if (name === 'CHANNEL_EXECUTE_COMPLETE') this.#settle(event['Msg-ID'])?.resolve(event);
    else if (name === 'CHANNEL_EXECUTE_ERROR') this.#settle(event['Msg-ID'])?.reject(refusal(event.Error));
    else if (name === 'CHANNEL_REPLACED') this.#callId = event['Replaced-By'] ?? this.#callId;
    else if (name === 'CHANNEL_DESTROY') this.end(hungUp(event));
    else if (name === 'DTMF' && event['DTMF-Digit']) this.#digits.push(event['DTMF-Digit'], event['Msg-ID']);
    else if (name === 'CHANNEL_ANSWER') this.answered = true;
    else if (name === 'CHANNEL_BRIDGE') {
      this.bridged = true;
      this.answered = true;
    }
    for (const watch of [...this.#watchers]) watch(event);
  }

  /** Takes the error event of a command that could not be run. */
  refuse(error: DialplanError): void {
    const messageId = error.Request?.['Msg-ID'] ?? error['Msg-ID'];
    const pending = this.#settle(typeof messageId === 'string' ? messageId : undefined);
    if (!pending) return;
    if (error['Error-Code'] !== 'call_lost') {
      pending.reject(refusal(error['Error-Message']));
      return;
    }
    const lost = new AppError('call_lost', { message: 'the switch side has given us up' });
    pending.reject(lost);
    this.end(lost);
  }

  /** Ends the call for this process: everything that waits rejects with `reason`. */
  end(reason: AppError): void {
    if (this.endReason) return;
    this.endReason = reason;
    for (const messageId of [...this.#pending.keys()]) this.#settle(messageId)?.reject(reason);
    this.#digits.end(reason);
    this.#over.abort(reason);
  }

  /** Never rejects: who awaits the completion is told. */
  async #deliverExpected(name: CommandName, fields: object, messageId: string): Promise<void> {
    const over = (): boolean => !this.#pending.has(messageId);
    try {
      await this.#deliver(name, fields, messageId, () => true, over);
    } catch (error) {
      this.#settle(messageId)?.reject(error as AppError);
    }
  }

  /** Publishes until somebody takes it, while it may wait and is not needless. The bus waits for seconds itself. */
  async #deliver(
    name: CommandName,
    fields: object,
    messageId: string,
    mayWait: () => boolean,
    needless: () => boolean,
  ): Promise<void> {
    for (let pause = firstPause; !needless(); pause = Math.min(longestPause, pause * 2))
      try {
        await this.#publish(name, fields, messageId);
        return;
      } catch (error) {
        const away = hasCode(error, 'bus_unreachable') || hasCode(error, 'nobody_listens');
        if (!away || !mayWait()) throw error;
        await wait(pause, undefined, { ref: false });
      }
  }

  #publish(name: CommandName, fields: object, messageId: string): Promise<void> {
    const command = { ...fields, 'Application-Name': name, 'Call-ID': this.#callId };
    const contract: AnyMessage = commands[name];
    const options = { messageId, serverId: this.#bus.serverId, mandatory: true };
    return this.#bus.send(this.controlQueue, contract, command as MessageFields<AnyMessage>, options);
  }

  #expect(
    messageId: string,
    name: CommandName,
    fields: object,
    timeout: number | undefined,
  ): Promise<CallEvent> {
    return new Promise((resolve, reject) => {
      const details = { application: name, timeout };
      const late = (): void => this.#settle(messageId)?.reject(new AppError('command_timeout', { details }));
      const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
      this.#pending.set(messageId, { name, fields, resolve, reject, timer });
    });
  }

  #settle(messageId: string | undefined): Pending | undefined {
    const pending = messageId === undefined ? undefined : this.#pending.get(messageId);
    if (messageId === undefined || !pending) return undefined;
    this.#pending.delete(messageId);
    clearTimeout(pending.timer);
    return pending;
  }
}

/** A Msg-ID for a command. */
export const newCommandId = (): string => randomBytes(16).toString('hex');

const refusal = (why: string | undefined): AppError =>
  new AppError('command_failed', { message: why ?? 'the switch refused the command' });

function hungUp(event: CallEvent): AppError {
  return new AppError('call_hung_up', {
    details: { cause: event['Hangup-Cause'], code: event['Hangup-Code'] },
  });
}
