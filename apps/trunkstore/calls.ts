// Calls that are commanded here: each hears its events as long as its work lasts, and is let go of afterwards.
import type { Bus } from '../../core/amqp/index.ts';
import {
  type CallControl,
  type CallEvent,
  type CallIdentity,
  ControlledCall,
  type Hearing,
} from '../../core/calls/index.ts';
import { AppError, toAppError } from '../../core/errors/index.ts';
import { type Logger, withLogContext } from '../../core/log/index.ts';

/** A call to work with; `hearing` when it was won here, and for the log, whose it is. */
export interface WorkCall extends CallIdentity {
  readonly hearing?: Hearing;
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
  run<T>(identity: WorkCall, work: (call: TrunkCall) => Promise<T>): Promise<T> {
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

  async #run<T>(identity: WorkCall, work: (call: TrunkCall) => Promise<T>): Promise<T> {
    const { callId } = identity;
    this.#running.get(callId)?.end(new AppError('call_lost', { message: 'the call was given away again' }));
    const call = new TrunkCall(this.#bus, identity);
    this.#running.set(callId, call);
    let hearing: Hearing | undefined;
    try {
      hearing = identity.hearing ?? (await this.#control.hear(callId));
      hearing.listen(
        (message) => call.hear(message),
        () => call.sendAgain(),
      );
      // A call that was won here has nobody else: the switch side learns whom to watch.
      if (identity.hearing) await call.send('checkpoint', { 'Insert-At': 'now' });
      return await work(call);
    } finally {
      if (this.#running.get(callId) === call) this.#running.delete(callId);
      await hearing
        ?.release()
        .catch((error: unknown) =>
          this.#log.warn('unbinding a call failed', { callId, error: toAppError(error) }),
        );
    }
  }
}
