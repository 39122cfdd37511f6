// The control queues of a process: a queue outlives its call and serves the next one, for to make one costs the broker 6 ms.
import { randomBytes } from 'node:crypto';
import type { Bus, Subscription } from '../../../core/amqp/index.ts';
import { AppError, hasCode } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import { anyCommand } from './command.ts';
import { tellRefusal } from './refused.ts';

/** So long a queue without a consumer waits for another ecallmgr that takes its call over. */
const queueLinger = 60_000;
/**
 * Milliseconds from the end of a call until its queue serves another one. Another ecallmgr takes an ended call over within 4 s,
 * and with it the queue: so no two calls that may be taken over ever have the same.
 */
const reuseAfter = 5_000;
const spares = 8;
const mostFree = 500;

type Json = Readonly<Record<string, unknown>>;

/** The control of a call, as its queue sees it. */
export interface Commanded {
  /** Whether commands with this Call-ID are for it. */
  answersTo(callId: unknown): boolean;
  /** Resolves when the command is over; rejects with `stopping` when another process goes on with it. */
  accept(json: Json): Promise<void>;
  /** Lets go of every command that is not over. */
  letGo(): void;
}

/** One control queue. Its calls come one after the other; what is late for one before is told apart by its Call-ID. */
export class ControlQueue {
  readonly name: string;
  /** Resolves when commands can come. */
  readonly ready: Promise<void>;
  readonly #users = new Set<Commanded>();
  readonly #subscription: Promise<Subscription>;
  #stopped: Promise<void> | undefined;

  constructor(bus: Bus, name: string, log: Logger) {
    this.name = name;
    this.#subscription = bus.consume(
      {
        queue: name,
        bindings: [{ exchange: 'callctl', key: name }],
        contracts: [anyCommand],
        linger: queueLinger,
        delivery: 'when_over',
      },
      async ({ message }) => {
        const user = [...this.#users].find((it) => it.answersTo(message['Call-ID']));
        if (user) return user.accept(message);
        const gone = new AppError('call_hung_up', { message: 'this queue controls no such call any more' });
        tellRefusal(bus, log, message, gone, { callId: message['Call-ID'], ended: true });
      },
    );
    this.ready = this.#subscription.then(() => undefined);
    // Whoever awaits `ready` is told; nobody else needs to be.
    this.ready.catch(() => undefined);
  }

  get used(): boolean {
    return this.#users.size > 0;
  }

  get stopped(): boolean {
    return this.#stopped !== undefined;
  }

  add(user: Commanded): void {
    this.#users.add(user);
  }

  remove(user: Commanded): void {
    this.#users.delete(user);
  }

  /** Takes no more from it, and gives back what is not over. Resolves when it is free for another process. */
  stop(): Promise<void> {
    for (const user of this.#users) user.letGo();
    this.#stopped ??= this.#subscription
      .then((it) => it.stop())
      .catch((error: unknown) => {
        if (!hasCode(error, 'stopping')) throw error;
      });
    return this.#stopped;
  }
}

/** How a call leaves its queue: it has ended; nobody was told of the queue; or another process goes on with both. */
export type Leaving = 'ended' | 'untold' | 'elsewhere';

/** A pool: enough are ready for the calls that come next. */
export class ControlQueues {
  readonly #bus: Bus;
  readonly #prefix: string;
  readonly #log: Logger;
  readonly #reuseAfter: number;
  readonly #all = new Map<string, ControlQueue>();
  #free: ControlQueue[] = [];
  #making = 0;
  /** Queues of before are not given to new calls. */
  #own = new WeakSet<ControlQueue>();
  #stopping = false;

  constructor(bus: Bus, node: string, log: Logger, reuse = reuseAfter) {
    this.#bus = bus;
    this.#reuseAfter = reuse;
    this.#prefix = `callctl-${node}`;
    this.#log = log;
  }

  /** A queue for a call: the one of this name, which its controller knows, or any. */
  open(user: Commanded, name?: string): ControlQueue {
    const queue = name === undefined ? this.#take() : this.#named(name);
    queue.add(user);
    return queue;
  }

  /** The call needs its queue no more; or, when it has `ended`, for late commands only, until it leaves once more. */
  async leave(queue: ControlQueue, user: Commanded, how: Leaving): Promise<void> {
    if (how === 'elsewhere') {
      await this.#stop(queue);
      return;
    }
    queue.remove(user);
    if (how === 'untold') this.#release(queue);
    else if (!queue.used && !this.#own.has(queue)) await this.#stop(queue);
  }

  /** The call has ended, and takes late commands only until it leaves. */
  ended(queue: ControlQueue): void {
    setTimeout(() => this.#release(queue), this.#reuseAfter).unref();
  }

  /** Makes the queues ready that the first calls need. */
  prepare(): void {
    while (!this.#stopping && this.#free.length + this.#making < spares) void this.#spare();
  }

  /** This process was given up, and others may have taken what its calls had: new ones begin with new queues. */
  renew(): void {
    this.#own = new WeakSet();
    for (const queue of this.#free.splice(0)) void this.#stop(queue);
    this.prepare();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#free = [];
    await Promise.all([...this.#all.values()].map((queue) => this.#stop(queue)));
  }

  #take(): ControlQueue {
    const queue = this.#free.pop() ?? this.#make();
    this.prepare();
    return queue;
  }

  #named(name: string): ControlQueue {
    const known = this.#all.get(name);
    return known && !known.stopped ? known : this.#start(name);
  }

  #make(): ControlQueue {
    const queue = this.#start(`${this.#prefix}-${randomBytes(6).toString('hex')}`);
    this.#own.add(queue);
    return queue;
  }

  #start(name: string): ControlQueue {
    const queue = new ControlQueue(this.#bus, name, this.#log);
    this.#all.set(name, queue);
    return queue;
  }

  async #spare(): Promise<void> {
    this.#making += 1;
    const queue = this.#make();
    try {
      await queue.ready;
      this.#release(queue);
    } catch (error) {
      // The bus is closing: it waits for a broker otherwise.
      this.#log.debug('a control queue could not be made', { error });
    }
    this.#making -= 1;
  }

  #release(queue: ControlQueue): void {
    if (queue.stopped || !this.#own.has(queue) || this.#free.includes(queue)) return;
    if (this.#stopping || this.#free.length >= mostFree) void this.#stop(queue);
    else this.#free.unshift(queue);
  }

  async #stop(queue: ControlQueue): Promise<void> {
    if (this.#all.get(queue.name) === queue) this.#all.delete(queue.name);
    this.#free = this.#free.filter((it) => it !== queue);
    await queue
      .stop()
      .catch((error: unknown) =>
        this.#log.warn('a control queue was not let go', { error, queue: queue.name }),
      );
  }
}
