// Deliveries of a channel that wait for their acknowledgement, by delivery tag.
import type { Consumer } from './consumer.ts';
import type { Entry } from './message.ts';
import { ProtocolError } from './protocol-error.ts';
import type { Queue } from './queue.ts';

export interface Delivery {
  readonly entry: Entry;
  readonly queue: Queue;
  /** Undefined when it was fetched by basic.get. */
  readonly consumer: Consumer | undefined;
}

export class Unacked {
  readonly #deliveries = new Map<number, Delivery>();
  /** Those that count against the prefetch of the whole channel. */
  consumedCount = 0;

  add(tag: number, delivery: Delivery): void {
    this.#deliveries.set(tag, delivery);
    if (delivery.consumer) this.consumedCount++;
  }

  /**
   * Removes one delivery, or all up to the tag (tag 0: all).
   * @throws ProtocolError PRECONDITION_FAILED when no delivery has the tag.
   */
  take(tag: number, multiple: boolean): Delivery[] {
    if (multiple && tag === 0) return this.takeAll();
    const named = this.#deliveries.get(tag);
    if (!named) throw new ProtocolError('PRECONDITION_FAILED', `unknown delivery tag ${tag}`);
    if (!multiple) return [this.#remove(tag, named)];
    const taken: Delivery[] = [];
    for (const [each, delivery] of this.#deliveries) {
      if (each > tag) break;
      taken.push(this.#remove(each, delivery));
    }
    return taken;
  }

  takeAll(): Delivery[] {
    return Array.from(this.#deliveries, ([tag, delivery]) => this.#remove(tag, delivery));
  }

  #remove(tag: number, delivery: Delivery): Delivery {
    this.#deliveries.delete(tag);
    if (delivery.consumer) {
      this.consumedCount--;
      delivery.consumer.inFlight--;
    }
    return delivery;
  }
}
