// A call whose callflow runs here: a controlled call with the account's documents, and where its flow stands.
import type { Bus } from '../../../core/amqp/index.ts';
import {
  type CallEvent,
  type CallMessage,
  type CarrierAnswer,
  type CarrierJob,
  type CommandFields,
  ControlledCall,
  giveToCarriers,
  newCommandId,
} from '../../../core/calls/index.ts';
import type { SystemConfig } from '../../../core/config/index.ts';
import type { AnyDocument, AnyMessage, DocumentOf, MessageFields } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import { AppError, hasCode } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import { channelStatusReq } from '../../../core/messages/call.ts';
import type { CommandName } from '../../../core/messages/dialplan.ts';
import type { Call } from './call.ts';
import { type Fate, HandedOver } from './handed-over.ts';
import { toResume } from './resume.ts';
import type { Note, Position, Standing } from './standing.ts';
import type { CallState } from './state.ts';

// A checkpoint waits so long for a command, which it is told before, or for newer ones. What was done meanwhile is begun again by
// whoever goes on with the call, and there was nothing of it to be heard.
const checkpointPatience = 50;
// With several ecallmgr nobody answers for a leg that is gone.
const statusPatience = 1_000;

/** What a LiveCall needs from its surroundings. */
export interface CallSurroundings {
  readonly bus: Bus;
  readonly database: Database;
  readonly config: SystemConfig;
  readonly log: Logger;
  readonly findFlow: Call['findFlow'];
}

/** One call. Its actor feeds it events; actions use it through `Call`. */
export class LiveCall extends ControlledCall implements Call {
  readonly state: CallState;
  readonly log: Logger;
  readonly database: Database;
  readonly config: SystemConfig;
  readonly findFlow: Call['findFlow'];
  readonly #bus: Bus;
  #standing: Standing | undefined;
  #noted: Note = {};
  #handedOver: HandedOver | undefined;
  #due: NodeJS.Timeout | undefined;

  constructor(state: CallState, around: CallSurroundings) {
    super(around.bus, state);
    this.state = state;
    this.log = around.log;
    this.database = around.database;
    this.config = around.config;
    this.findFlow = around.findFlow;
    this.answered = state.answered;
    this.#bus = around.bus;
  }

  /** Where its flow stands; undefined before it has begun. */
  get standing(): Standing | undefined {
    return this.#standing;
  }

  get noted(): Note {
    return this.#noted;
  }

  /** The flow has come to a node. `noted` when it is the one that is repeated. */
  reach(position: Position, noted: Note = {}): void {
    this.#noted = noted;
    this.#standing = { ...position, note: noted };
    this.#checkpoint();
  }

  note(note: Note): void {
    if (!this.#standing) return;
    this.#standing = { ...this.#standing, note: { ...this.#standing.note, ...note } };
    this.#checkpoint();
  }

  /** Who has the call, once it was handed over. */
  get fate(): Promise<Fate> | undefined {
    return this.#handedOver?.fate;
  }

  /** Lets go of the call, and asks for another process that goes on where this one is now. */
  handOver(): void {
    // A flow that has not begun has nothing to hand over yet.
    if (!this.#standing || this.ended) return;
    this.#handedOver = new HandedOver(this.state.fetchId);
    this.#tellStanding({ 'Hand-Over': true });
    this.end(new AppError('call_lost', { message: 'the call is handed over' }));
  }

  /** Lets go of the call without hanging it up. */
  release(why: string): void {
    this.end(new AppError('call_lost', { message: why }));
    this.#handedOver?.settle('gone');
  }

  override hear(message: CallMessage): void {
    super.hear(message);
    this.#handedOver?.take(message);
  }

  override take(event: CallEvent): void {
    super.take(event);
    this.state.callId = this.callId;
    const name = event['Event-Name'];
    if (name === 'CHANNEL_TRANSFEREE')
      this.end(new AppError('call_lost', { message: 'the caller was transferred' }));
    // From here on the caller is with somebody: whoever comes after us must not ring again.
    const { note } = this.#standing ?? {};
    if (name === 'CHANNEL_BRIDGE' && note?.['Bridge'] !== undefined && note['Bridged'] !== true) {
      this.note({ Bridged: true });
      this.#tellDue();
    }
  }

  override sendAgain(): void {
    super.sendAgain();
    this.#tellStanding({ 'Keys-Again': true });
  }

  override execute<N extends CommandName>(
    name: N,
    fields: CommandFields<N>,
    timeout?: number,
    messageId?: string,
  ): Promise<CallEvent> {
    this.#tellDue();
    return super.execute(name, fields, timeout, messageId);
  }

  override send<N extends CommandName>(name: N, fields: CommandFields<N>): Promise<void> {
    // Nobody goes on with a call that is hung up.
    if (name !== 'hangup') this.#tellDue();
    this.#forgetDue();
    return super.send(name, fields);
  }

  bridge(fields: CommandFields<'bridge'>): Promise<CallEvent> {
    return this.#connect('bridge', fields);
  }

  pickUp(fields: CommandFields<'call_pickup'>): Promise<CallEvent> {
    return this.#connect('call_pickup', fields);
  }

  async #connect<N extends 'bridge' | 'call_pickup'>(name: N, fields: CommandFields<N>): Promise<CallEvent> {
    const { Bridge: before, Bridged: bridged } = this.#takeNoted();
    if (typeof before !== 'string') {
      const id = newCommandId();
      this.note({ Bridge: id, Bridged: false });
      return this.execute(name, fields, undefined, id);
    }
    this.bridged = bridged === true;
    // Done when the bridge is over; how it ended is no question any more.
    return this.bridged ? this.execute('noop', {}) : this.rejoin(name, fields, before);
  }

  async tell<M extends AnyMessage>(contract: M, fields: MessageFields<M>): Promise<void> {
    await this.#bus
      .publish(contract, fields)
      .catch((error: unknown) =>
        this.log.warn('a message could not be sent', { names: contract.names, error }),
      );
  }

  async isAlive(callId: string): Promise<boolean> {
    const question = { 'Call-ID': callId };
    const options = { timeout: statusPatience, silence: 'allowed' as const };
    const status = await this.#bus.request(channelStatusReq, question, options).catch((error: unknown) => {
      if (hasCode(error, 'request_timeout') || hasCode(error, 'nobody_listens')) return undefined;
      throw error;
    });
    return status?.Status === 'active';
  }

  async offnet(job: CarrierJob): Promise<CarrierAnswer> {
    const { Bridge: before, Bridged: bridged } = this.#takeNoted();
    if (before !== undefined && bridged === true) {
      await this.execute('noop', {});
      return { 'Response-Message': 'SUCCESS' };
    }
    this.bridged = false;
    this.note({ Bridge: 'carriers', Bridged: false });
    this.#tellDue();
    const patience = await this.config.get('callflow', 'carrier_patience', 4_000);
    return giveToCarriers(this.#bus, this, job, { underWay: before !== undefined, patience });
  }

  async findDocument<D extends AnyDocument>(contract: D, id: string): Promise<DocumentOf<D> | undefined> {
    const found = await this.database.find(id);
    return found?.pvt_type === contract.type ? (found as DocumentOf<D>) : undefined;
  }

  /** A bridge is repeated once: the next one of the same action is a new one. */
  #takeNoted(): Note {
    const noted = this.#noted;
    this.#noted = {};
    return noted;
  }

  /** Where the call stands is to be told: before the next command, or soon. */
  #checkpoint(): void {
    this.#due ??= setTimeout(() => this.#tellStanding(), checkpointPatience);
  }

  #tellDue(): void {
    if (this.#due !== undefined) this.#tellStanding();
  }

  #forgetDue(): void {
    clearTimeout(this.#due);
    this.#due = undefined;
  }

  /** Not awaited: it must not slow the call. The bus keeps it in order with the commands. */
  #tellStanding(more: { readonly 'Hand-Over'?: true; readonly 'Keys-Again'?: true } = {}): void {
    this.#forgetDue();
    if (!this.#standing || this.ended) return;
    this.state.answered = this.answered;
    const checkpoint = {
      Resume: toResume(this.state, this.#standing),
      'Insert-At': 'now' as const,
      ...(this.digitsTaken === undefined ? {} : { 'Keys-Taken': this.digitsTaken }),
      ...more,
    };
    this.send('checkpoint', checkpoint).catch((error: unknown) =>
      this.log.warn('a checkpoint could not be sent', { callId: this.callId, error }),
    );
  }
}
