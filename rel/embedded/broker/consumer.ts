// A consumer of a channel on one queue: prefetch, and delivery.
import type { Channel } from './channel.ts';
import type { Entry } from './message.ts';
import type { Queue, QueueConsumer } from './queue.ts';

export interface ConsumerSpec {
  readonly tag: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  /** Most unacknowledged deliveries; 0 for no limit. */
  readonly prefetch: number;
}

export class Consumer implements QueueConsumer {
  readonly spec: ConsumerSpec;
  readonly queue: Queue;
  readonly #channel: Channel;
  /** Delivered and not yet acknowledged. */
  inFlight = 0;

  constructor(channel: Channel, queue: Queue, spec: ConsumerSpec) {
    this.#channel = channel;
    this.queue = queue;
    this.spec = spec;
  }

  get noAck(): boolean {
    return this.spec.noAck;
  }

  get exclusive(): boolean {
    return this.spec.exclusive;
  }

  canTake(): boolean {
    const { noAck, prefetch } = this.spec;
    if (!this.#channel.canSend()) return false;
    return noAck || ((prefetch === 0 || this.inFlight < prefetch) && this.#channel.hasCredit());
  }

  take(entry: Entry): void {
    if (!this.noAck) this.inFlight++;
    this.#channel.deliver(this, entry);
  }

  cancelled(): void {
    this.#channel.consumerCancelled(this);
  }
}
