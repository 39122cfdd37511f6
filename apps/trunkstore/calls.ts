// Calls that are commanded here: each hears its events as long as its work lasts, and is let go of afterwards.
import type { Bus } from '../../core/amqp/index.ts';
import {
  type CallControl,
  type CallEvent,
  type CallMessage,
  ControlledCall,
} from '../../core/calls/index.ts';
import { AppError, toAppError } from '../../core/errors/index.ts';
import { type Logger, withLogContext } from '../../core/log/index.ts';

/** Which call, where its commands go to, and for the log, whose it is. */
export interface CallIdentity {
  readonly callId: string;
  readonly controlQueue: string;
  readonly accountId?: string | undefined;
}

/** A call of this app. It ends with the channel, with a transfer of the caller, or with this process. */
export class TrunkCall extends ControlledCall {
  transferred = false;
  override take(event: CallEvent): void {
    super.take(event);
    if (event['Event-Name'] !== 'CHANNEL_TRANSFEREE') return;
    this.transferred = true;
    this.end(new AppError('call_lost', { message: 'the caller was transferred' }));
  }
}

export class Calls {
  readonly #bus: Bus;
  readonly #control: CallControl;
  readonly #log: Logger;
  readonly #running = new Map<string, TrunkCall>();
  readonly #work = new Set<Promise<unknown>>();

  constructor(bus: Bus, control: CallControl, log: Logger) {
    this.#bus = bus;
    this.#control = control;
    this.#log = log;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Runs `work` with a call. Work that still runs on the same call lets go of it. Rejects with what `work` rejects with. */
  run<T>(identity: CallIdentity, work: (call: TrunkCall) => Promise<T>): Promise<T> {
    const { callId, accountId } = identity;
    const done = withLogContext({ callId, accountId }, () => this.#run(identity, work));
    this.#work.add(done);
    const forget = (): void => void this.#work.delete(done);
    done.then(forget, forget);
    return done;
  }

  /** Resolves when all work has ended. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#work);
  }

  /** Lets go of every call without hanging it up. */
  release(): void {
    for (const call of this.#running.values())
      call.end(new AppError('call_lost', { message: 'this process stops' }));
  }

  async #run<T>(identity: CallIdentity, work: (call: TrunkCall) => Promise<T>): Promise<T> {
    const { callId } = identity;
    this.#running.get(callId)?.end(new AppError('call_lost', { message: 'the call was given away again' }));
    const call = new TrunkCall(this.#bus, identity);
    this.#running.set(callId, call);
    this.#control.listen(callId, (message) => deliver(call, message));
    try {
      await this.#control.watch(callId);
      return await work(call);
    } finally {
      await this.#forget(call);
    }
  }

  /** Resolves when the call's events are no longer heard, so that the next work on the same call can hear them. */
  async #forget(call: TrunkCall): Promise<void> {
    if (this.#running.get(call.callId) !== call) return;
    this.#running.delete(call.callId);
    try {
      await this.#control.release(call.callId);
    } catch (error) {
      this.#log.warn('unbinding a call failed', { callId: call.callId, error: toAppError(error) });
    }
  }
}

function deliver(call: TrunkCall, message: CallMessage): void {
  if (message['Event-Category'] === 'error') call.refuse(message);
  else if (message['Event-Name'] !== 'usurp_control') call.take(message);
}
