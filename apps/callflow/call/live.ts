// A live call on the bus: commands go to its control queue, events come back and settle what waits for them.
import { randomBytes } from 'node:crypto';
import type { Bus } from '../../../core/amqp/index.ts';
import type { SystemConfig } from '../../../core/config/index.ts';
import type {
  AnyDocument,
  AnyMessage,
  DocumentOf,
  FlowNode,
  MessageFields,
  MessageOf,
} from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import { commands, type dialplanError } from '../../../core/messages/dialplan.ts';
import { offnetReq, type offnetResp } from '../../../core/messages/resource.ts';
import type { Call, CallEvent } from './call.ts';
import { DigitQueue } from './digits.ts';
import type { CallState } from './state.ts';

/** What a LiveCall needs from its surroundings. */
export interface CallSurroundings {
  readonly bus: Bus;
  readonly database: Database;
  readonly config: SystemConfig;
  readonly log: Logger;
  readonly findFlow: (
    number: string,
  ) => Promise<{ readonly flow: FlowNode; readonly noMatch: boolean } | undefined>;
}

interface Pending {
  readonly application: string;
  resolve(event: CallEvent): void;
  reject(error: AppError): void;
  readonly timer: NodeJS.Timeout | undefined;
}

type DialplanError = MessageOf<typeof dialplanError>;

// Above any ring timeout plus the longest call that a carrier bills in one piece.
const offnetLimit = 24 * 3600_000;

/** One controlled call. The call's actor feeds it events; actions use it through `Call`. */
export class LiveCall implements Call {
  readonly state: CallState;
  readonly log: Logger;
  readonly database: Database;
  readonly config: SystemConfig;
  bridged = false;
  /** Why the call ended, once it has. */
  endReason: AppError | undefined;
  readonly #around: CallSurroundings;
  readonly #pending = new Map<string, Pending>();
  readonly #digits = new DigitQueue();

  constructor(state: CallState, around: CallSurroundings) {
    this.state = state;
    this.log = around.log;
    this.database = around.database;
    this.config = around.config;
    this.#around = around;
  }

  get ended(): boolean {
    return this.endReason !== undefined;
  }

  async execute(name: keyof typeof commands, fields: object, timeout?: number): Promise<CallEvent> {
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

  async send(name: keyof typeof commands, fields: object): Promise<void> {
    if (this.endReason) throw this.endReason;
    await this.#publish(name, fields, randomBytes(16).toString('hex'));
  }

  nextDigit(timeout: number): Promise<string | undefined> {
    if (this.endReason) return Promise.reject(this.endReason);
    return this.#digits.next(timeout);
  }

  dropDigits(): void {
    this.#digits.clear();
  }

  async offnet(
    fields: Omit<MessageFields<typeof offnetReq>, 'Call-ID' | 'Control-Queue'>,
  ): Promise<MessageOf<typeof offnetResp>> {
    if (this.endReason) throw this.endReason;
    const request = { ...fields, 'Call-ID': this.state.callId, 'Control-Queue': this.state.controlQueue };
    return this.#around.bus.request(offnetReq, request as MessageFields<typeof offnetReq>, {
      timeout: offnetLimit,
    });
  }

  findFlow(number: string): Promise<{ readonly flow: FlowNode; readonly noMatch: boolean } | undefined> {
    return this.#around.findFlow(number);
  }

  async findDocument<D extends AnyDocument>(contract: D, id: string): Promise<DocumentOf<D> | undefined> {
    const found = await this.database.find(id);
    return found?.pvt_type === contract.type ? (found as DocumentOf<D>) : undefined;
  }

  /** Takes one event of the call. Returns false when it is of no concern. */
  take(event: CallEvent): boolean {
    switch (event['Event-Name']) {
      case 'CHANNEL_EXECUTE_COMPLETE':
        this.#settle(event['Msg-ID'])?.resolve(event);
        return true;
      case 'CHANNEL_EXECUTE_ERROR':
        this.#settle(event['Msg-ID'])?.reject(
          new AppError('command_failed', { message: event.Error ?? 'the switch refused the command' }),
        );
        return true;
      case 'CHANNEL_ANSWER':
        this.state.answered = true;
        return true;
      case 'CHANNEL_BRIDGE':
        this.bridged = true;
        this.state.answered = true;
        return true;
      case 'DTMF':
        if (event['DTMF-Digit']) this.#digits.push(event['DTMF-Digit']);
        return true;
      case 'CHANNEL_DESTROY':
        this.end(
          new AppError('call_hung_up', {
            details: { cause: event['Hangup-Cause'], code: event['Hangup-Code'] },
          }),
        );
        return true;
      default:
        return false;
    }
  }

  /** Takes the error event of a command that could not be run. */
  refuse(error: DialplanError): void {
    const messageId = error.Request?.['Msg-ID'] ?? error['Msg-ID'];
    this.#settle(typeof messageId === 'string' ? messageId : undefined)?.reject(
      new AppError('command_failed', { message: error['Error-Message'] ?? 'the switch refused the command' }),
    );
  }

  /** Ends the call: everything that waits rejects with `reason`. */
  end(reason: AppError): void {
    if (this.endReason) return;
    this.endReason = reason;
    for (const messageId of [...this.#pending.keys()]) this.#settle(messageId)?.reject(reason);
    this.#digits.end(reason);
  }

  #publish(name: keyof typeof commands, fields: object, messageId: string): Promise<void> {
    const command = { ...fields, 'Application-Name': name, 'Call-ID': this.state.callId };
    const contract: AnyMessage = commands[name];
    return this.#around.bus.send(this.state.controlQueue, contract, command as MessageFields<AnyMessage>, {
      messageId,
    });
  }

  #expect(messageId: string, application: string, timeout: number | undefined): Promise<CallEvent> {
    return new Promise((resolve, reject) => {
      const late = () =>
        this.#settle(messageId)?.reject(
          new AppError('command_timeout', { details: { application, timeout } }),
        );
      const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
      this.#pending.set(messageId, { application, resolve, reject, timer });
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
