// One queue: ordering, hand-out to consumers in turn, limits, expiry and the end of its life.
import type { FieldTable } from './codec/fields.ts';
import type { DeathReason } from './dead-letter.ts';
import type { Entry, Message } from './message.ts';
import type { QueueOptions } from './queue-options.ts';
import { ReadyList } from './ready-list.ts';

export interface QueueSpec {
  readonly name: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  /** The connection that alone may use the queue, and with which it ends. */
  readonly owner: object | undefined;
  readonly arguments: FieldTable;
}

/** What the queue hands its entries to. */
export interface QueueConsumer {
  readonly noAck: boolean;
  readonly exclusive: boolean;
  /** False while prefetch or the socket hold it back; its channel calls `queue.dispatch()` when that ends. */
  canTake(): boolean;
  take(entry: Entry): void;
  /** The queue was deleted under it. */
  cancelled(): void;
}

/** What a queue needs of the broker around it. */
export interface QueueHost {
  stored(queue: Queue, entry: Entry): void;
  removed(queue: Queue, entry: Entry): void;
  deadLetter(queue: Queue, entry: Entry, reason: DeathReason): void;
  /** Nobody needs the queue any more: its last consumer has gone, or it was unused for too long. */
  outlived(queue: Queue): void;
}

/** The longest delay that a Node timer can hold. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export class Queue {
  readonly spec: QueueSpec;
  readonly options: QueueOptions;
  readonly #host: QueueHost;
  readonly #ready: ReadyList;
  readonly #unacked = new Set<Entry>();
  #consumers: QueueConsumer[] = [];
  #turn = 0;
  #sequence = 0;
  #readyBytes = 0;
  #expiryTimer: NodeJS.Timeout | undefined;
  #expiryDue = Number.POSITIVE_INFINITY;
  #unusedTimer: NodeJS.Timeout | undefined;
  #isDispatching = false;
  #isDeleted = false;

  constructor(spec: QueueSpec, options: QueueOptions, host: QueueHost) {
    this.spec = spec;
    this.options = options;
    this.#host = host;
    this.#ready = new ReadyList(options.maxPriority);
    this.touch();
  }

  get name(): string {
    return this.spec.name;
  }

  get readyCount(): number {
    return this.#ready.size;
  }

  get unackedCount(): number {
    return this.#unacked.size;
  }

  get consumerCount(): number {
    return this.#consumers.length;
  }

  get hasExclusiveConsumer(): boolean {
    return this.#consumers.some(({ exclusive }) => exclusive);
  }

  /** False when the queue is full and declared with x-overflow reject-publish. */
  push(message: Message): boolean {
    const full = this.#ready.size >= this.options.maxLength || this.#readyBytes >= this.options.maxBytes;
    if (full && this.options.rejectOverflow) return false;
    this.#add({
      message,
      sequence: ++this.#sequence,
      expiresAt: expiryOf(message, this.options),
      journaled: this.spec.durable && message.active.persistent,
      redelivered: false,
      returns: 0,
    });
    this.dispatch();
    return true;
  }

  /** Puts back what the journal kept. It may have been delivered before the stop, which nothing tells: so it says yes. */
  recover(message: Message, sequence: number, expiresAt: number): void {
    this.#sequence = Math.max(this.#sequence, sequence);
    this.#add({ message, sequence, expiresAt, journaled: true, redelivered: true, returns: 0 });
    this.#settleLimits();
  }

  #add(entry: Entry): void {
    this.#ready.push(entry);
    this.#readyBytes += entry.message.body.length;
    this.#host.stored(this, entry);
  }

  /** Hands out what can be handed out. */
  dispatch(): void {
    if (this.#isDispatching || this.#isDeleted) return;
    this.#isDispatching = true;
    while (this.#ready.size > 0) {
      const consumer = this.#nextConsumer();
      if (!consumer) break;
      const entry = this.#shift();
      if (!entry) break;
      if (!consumer.noAck) this.#unacked.add(entry);
      consumer.take(entry);
      if (consumer.noAck) this.#host.removed(this, entry);
    }
    this.#isDispatching = false;
    this.#settleLimits();
  }

  /** For basic.get. The caller settles, rejects or requeues the entry unless `noAck`. */
  shift(noAck: boolean): Entry | undefined {
    this.touch();
    const entry = this.#shift();
    if (!entry) return undefined;
    if (noAck) this.#host.removed(this, entry);
    else this.#unacked.add(entry);
    return entry;
  }

  #shift(): Entry | undefined {
    // A message with a TTL of 0 is still good for a consumer that is there in this very millisecond.
    this.#dropExpired(Date.now() - 1);
    const entry = this.#ready.shift();
    if (entry) this.#readyBytes -= entry.message.body.length;
    return entry;
  }

  #nextConsumer(): QueueConsumer | undefined {
    const count = this.#consumers.length;
    for (let step = 0; step < count; step++) {
      const index = (this.#turn + step) % count;
      const consumer = this.#consumers[index];
      if (!consumer?.canTake()) continue;
      this.#turn = (index + 1) % count;
      return consumer;
    }
    return undefined;
  }

  settle(entry: Entry): void {
    if (this.#unacked.delete(entry)) this.#host.removed(this, entry);
  }

  reject(entry: Entry): void {
    if (!this.#unacked.delete(entry)) return;
    this.#host.deadLetter(this, entry, 'rejected');
    this.#host.removed(this, entry);
  }

  /** Back to its place, marked as redelivered. The caller dispatches when it has requeued all. */
  requeue(entry: Entry): void {
    if (!this.#unacked.delete(entry)) return;
    entry.redelivered = true;
    entry.returns += 1;
    if (entry.returns > this.options.deliveryLimit) this.#giveUp(entry, 'delivery_limit');
    else {
      this.#ready.restore(entry);
      this.#readyBytes += entry.message.body.length;
    }
  }

  purge(): number {
    const count = this.#ready.size;
    for (let entry = this.#ready.shift(); entry; entry = this.#ready.shift()) this.#host.removed(this, entry);
    this.#readyBytes = 0;
    return count;
  }

  addConsumer(consumer: QueueConsumer): void {
    this.#consumers.push(consumer);
    clearTimeout(this.#unusedTimer);
  }

  removeConsumer(consumer: QueueConsumer): void {
    const index = this.#consumers.indexOf(consumer);
    if (index < 0) return;
    this.#consumers.splice(index, 1);
    if (this.#consumers.length > 0) return;
    if (this.spec.autoDelete) this.#host.outlived(this);
    else this.touch();
  }

  /** The queue is in use: starts its x-expires anew. */
  touch(): void {
    const { expires } = this.options;
    if (expires === undefined || this.#isDeleted || this.#consumers.length > 0) return;
    clearTimeout(this.#unusedTimer);
    this.#unusedTimer = setTimeout(() => this.#host.outlived(this), Math.min(expires, MAX_DELAY_MS));
  }

  /** Ends the queue; its messages go without dead-lettering, as in RabbitMQ. Returns how many were ready. */
  delete(): number {
    this.#isDeleted = true;
    this.stop();
    const count = this.purge();
    for (const entry of this.#unacked) this.#host.removed(this, entry);
    this.#unacked.clear();
    const consumers = this.#consumers;
    this.#consumers = [];
    for (const consumer of consumers) consumer.cancelled();
    return count;
  }

  /** Clears the timers. */
  stop(): void {
    clearTimeout(this.#expiryTimer);
    clearTimeout(this.#unusedTimer);
  }

  /** What the journal must keep: unacknowledged entries too. */
  *keptEntries(): Iterable<Entry> {
    for (const entry of this.#unacked) if (entry.journaled) yield entry;
    for (const entry of this.#ready) if (entry.journaled) yield entry;
  }

  #settleLimits(): void {
    while (this.#ready.size > this.options.maxLength || this.#readyBytes > this.options.maxBytes) {
      const entry = this.#shift();
      if (!entry) break;
      this.#giveUp(entry, 'maxlen');
    }
    this.#dropExpired(Date.now());
    this.#armExpiry();
  }

  #dropExpired(now: number): void {
    if (this.#expiryDue === Number.POSITIVE_INFINITY && this.#ready.nextExpiry() === Number.POSITIVE_INFINITY)
      return;
    for (const entry of this.#ready.shiftExpired(now)) {
      this.#readyBytes -= entry.message.body.length;
      this.#giveUp(entry, 'expired');
    }
  }

  #giveUp(entry: Entry, reason: DeathReason): void {
    this.#host.deadLetter(this, entry, reason);
    this.#host.removed(this, entry);
  }

  /** A timer that is due early enough is left alone: re-arming at every message would cost more than a vain run. */
  #armExpiry(): void {
    const next = this.#ready.nextExpiry();
    if (next >= this.#expiryDue || this.#isDeleted) return;
    clearTimeout(this.#expiryTimer);
    this.#expiryDue = next;
    const delay = Math.min(Math.max(next - Date.now(), 0), MAX_DELAY_MS);
    this.#expiryTimer = setTimeout(() => {
      this.#dropExpired(Date.now());
      this.#expiryDue = Number.POSITIVE_INFINITY;
      this.#armExpiry();
    }, delay);
  }
}

function expiryOf({ active }: Message, { messageTtl }: QueueOptions): number {
  const own = active.expiration === undefined ? Number.POSITIVE_INFINITY : Number(active.expiration);
  const ttl = Math.min(own, messageTtl ?? Number.POSITIVE_INFINITY);
  return ttl === Number.POSITIVE_INFINITY ? 0 : Date.now() + ttl;
}
