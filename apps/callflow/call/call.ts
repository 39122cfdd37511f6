// The call as an action sees it: commands to run, events to await, documents to read.
import type { CallEvent, CarrierAnswer, CarrierJob, CommandFields } from '../../../core/calls/index.ts';
import type { SystemConfig } from '../../../core/config/index.ts';
import type {
  AnyDocument,
  AnyMessage,
  DocumentOf,
  FlowNode,
  MessageFields,
} from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import type { CommandName } from '../../../core/messages/dialplan.ts';
import type { Note } from './standing.ts';
import type { CallState } from './state.ts';

/** A live call. Every method that talks to it rejects with `call_hung_up` once the call is gone. */
export interface Call {
  readonly state: CallState;
  readonly log: Logger;
  /** The database of the call's account. */
  readonly database: Database;
  readonly config: SystemConfig;
  /** True once the call is gone or another process controls it. */
  readonly ended: boolean;
  answered: boolean;
  /** Queues a command and awaits its completion event (ControlledCall.execute). */
  execute<N extends CommandName>(name: N, fields: CommandFields<N>, timeout?: number): Promise<CallEvent>;
  /** Queues a bridge and awaits its end; when this action is repeated, the end of the bridge that it had begun. */
  bridge(fields: CommandFields<'bridge'>): Promise<CallEvent>;
  /** Takes over a call that waits, and awaits the end of the conversation as `bridge` does. */
  pickUp(fields: CommandFields<'call_pickup'>): Promise<CallEvent>;
  /** Queues a command and does not wait for it. */
  send<N extends CommandName>(name: N, fields: CommandFields<N>): Promise<void>;
  /** The next digit, or undefined after `timeout` milliseconds. Digits pressed before the call of this method are kept. */
  nextDigit(timeout: number): Promise<string | undefined>;
  /** The next event of one of these names, or undefined after `timeout` milliseconds. */
  nextEvent(names: readonly CallEvent['Event-Name'][], timeout?: number): Promise<CallEvent | undefined>;
  /** Whether digits were pressed that are not yet taken. */
  readonly digitsWait: boolean;
  /** Forgets digits that were pressed and not yet taken. */
  dropDigits(): void;
  /** True when the leg was bridged at least once since `execute('bridge', …)` began. */
  readonly bridged: boolean;
  /** The id that the leg has now. */
  readonly callId: string;
  /** Publishes what the call means to others: presence, call events of our own. What cannot be told is logged. */
  tell<M extends AnyMessage>(contract: M, fields: MessageFields<M>): Promise<void>;
  /** Whether another call is still there. */
  isAlive(callId: string): Promise<boolean>;
  /** Hands the call to the carriers and awaits how it went. */
  offnet(job: CarrierJob): Promise<CarrierAnswer>;
  /** Adds to what is kept for the process that repeats the running action when this one dies. Costs one message. */
  note(note: Note): void;
  /** What the process before this one had noted in the action that is repeated here; empty otherwise. */
  readonly noted: Note;
  /** The callflow behind a number of the account, with the flow to run. */
  findFlow(number: string): Promise<{ readonly flow: FlowNode; readonly noMatch: boolean } | undefined>;
  /** A document of the account, or undefined when it is missing, deleted or of another type. */
  findDocument<D extends AnyDocument>(contract: D, id: string): Promise<DocumentOf<D> | undefined>;
}
