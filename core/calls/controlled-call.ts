// A call that this process controls: commands go to its control queue, events come back and settle what waits for them.
import { randomBytes } from 'node:crypto';
import type { Bus } from '../amqp/index.ts';
import type { AnyMessage, MessageFields, MessageOf } from '../contract/index.ts';
import { AppError } from '../errors/index.ts';
import type { callEvent } from '../messages/call.ts';
import { type CommandName, commands, type dialplanError } from '../messages/dialplan.ts';
import { DigitQueue } from './digits.ts';

export type CallEvent = MessageOf<typeof callEvent>;
export type DialplanError = MessageOf<typeof dialplanError>;

/** The fields of a command, without those that the call fills in. */
export type CommandFields<N extends CommandName> = Omit<
  MessageFields<(typeof commands)[N]>,
  'Call-ID' | 'Application-Name'
>;

interface Pending {
  resolve(event: CallEvent): void;
  reject(error: AppError): void;
  readonly timer: NodeJS.Timeout | undefined;
}

/** One controlled call. Feed it events with `take` and `refuse`; everything that waits rejects once it has ended. */
export class ControlledCall {
  readonly callId: string;
  readonly controlQueue: string;
  answered = false;
  /** True when the leg was bridged at least once since the last `bridge` command began. */
  bridged = false;
  /** Why the call ended for this process, once it has. */
  endReason: AppError | undefined;
  readonly #over = new AbortController();
  readonly #bus: Bus;
  readonly #pending = new Map<string, Pending>();
  readonly #digits = new DigitQueue();

  constructor(
    bus: Bus,
    { callId, controlQueue }: { readonly callId: string; readonly controlQueue: string },
  ) {
    this.#bus = bus;
    this.callId = callId;
    this.controlQueue = controlQueue;
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
   */
  async execute<N extends CommandName>(
    name: N,
    fields: CommandFields<N>,
    timeout?: number,
  ): Promise<CallEvent> {
    if (this.endReason) throw this.endReason;
    const messageId = randomBytes(16).toString('hex');
    if (name === 'bridge') this.bridged = false;
    const completion = this.#expect(messageId, name, timeout);
    try {
      await this.#publish(name, fields, messageId);
    } catch (error) {
      this.#settle(messageId)?.reject(error as AppError);
    }
    return completion;
  }

  /** Queues a command and does not wait for it. */
  async send<N extends CommandName>(name: N, fields: CommandFields<N>): Promise<void> {
    if (this.endReason) throw this.endReason;
    await this.#publish(name, fields, randomBytes(16).toString('hex'));
  }

  /** The next digit, or undefined after `timeout` milliseconds. Digits pressed before are kept until they are taken. */
  nextDigit(timeout: number): Promise<string | undefined> {
    return this.endReason ? Promise.reject(this.endReason) : this.#digits.next(timeout);
  }

  /** Forgets digits that were pressed and not yet taken. */
  dropDigits(): void {
    this.#digits.clear();
  }

  /** Takes one event of the call. */
  take(event: CallEvent): void {
    const name = event['Event-Name'];
    if (name === 'CHANNEL_EXECUTE_COMPLETE') this.#settle(event['Msg-ID'])?.resolve(event);
    else if (name === 'CHANNEL_EXECUTE_ERROR') this.#settle(event['Msg-ID'])?.reject(refusal(event.Error));
    else if (name === 'CHANNEL_DESTROY') this.end(hungUp(event));
    else if (name === 'DTMF' && event['DTMF-Digit']) this.#digits.push(event['DTMF-Digit']);
    else if (name === 'CHANNEL_ANSWER') this.answered = true;
    else if (name === 'CHANNEL_BRIDGE') {
      this.bridged = true;
      this.answered = true;
    }
  }

  /** Takes the error event of a command that could not be run. */
  refuse(error: DialplanError): void {
    const messageId = error.Request?.['Msg-ID'] ?? error['Msg-ID'];
    this.#settle(typeof messageId === 'string' ? messageId : undefined)?.reject(
      refusal(error['Error-Message']),
    );
  }

  /** Ends the call for this process: everything that waits rejects with `reason`. */
  end(reason: AppError): void {
    if (this.endReason) return;
    this.endReason = reason;
    for (const messageId of [...this.#pending.keys()]) this.#settle(messageId)?.reject(reason);
    this.#digits.end(reason);
    this.#over.abort(reason);
  }

  #publish(name: CommandName, fields: object, messageId: string): Promise<void> {
    const command = { ...fields, 'Application-Name': name, 'Call-ID': this.callId };
    const contract: AnyMessage = commands[name];
    return this.#bus.send(this.controlQueue, contract, command as MessageFields<AnyMessage>, { messageId });
  }

  #expect(messageId: string, application: string, timeout: number | undefined): Promise<CallEvent> {
    return new Promise((resolve, reject) => {
      const late = (): void =>
        this.#settle(messageId)?.reject(
          new AppError('command_timeout', { details: { application, timeout } }),
        );
      const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
      this.#pending.set(messageId, { resolve, reject, timer });
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

const refusal = (why: string | undefined): AppError =>
  new AppError('command_failed', { message: why ?? 'the switch refused the command' });

function hungUp(event: CallEvent): AppError {
  return new AppError('call_hung_up', {
    details: { cause: event['Hangup-Cause'], code: event['Hangup-Code'] },
  });
}
