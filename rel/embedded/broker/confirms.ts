// Publisher confirms of one channel: numbers the messages and answers in as few acks as it can.
import type { Output } from './output.ts';

export class Confirms {
  readonly #channel: number;
  readonly #output: Output;
  #sequence = 0;
  /** Not yet safe; in ascending order, because added so. */
  readonly #waiting = new Set<number>();
  #acked: number[] = [];

  constructor(channel: number, output: Output) {
    this.#channel = channel;
    this.#output = output;
  }

  /** The number of the next message. */
  begin(): number {
    this.#waiting.add(++this.#sequence);
    return this.#sequence;
  }

  /** Saved up until the output is flushed. */
  ack(sequence: number): void {
    this.#waiting.delete(sequence);
    this.#acked.push(sequence);
    this.#output.schedule();
  }

  nack(sequence: number): void {
    this.#waiting.delete(sequence);
    this.flush();
    this.#output.method(this.#channel, 'basic.nack', {
      deliveryTag: sequence,
      multiple: false,
      requeue: false,
    });
  }

  /** One ack for all numbers below the first that still waits, and one each for those above it. */
  flush(): void {
    if (this.#acked.length === 0) return;
    const [firstWaiting = Number.POSITIVE_INFINITY] = this.#waiting;
    const below = this.#acked.filter((sequence) => sequence < firstWaiting);
    if (below.length > 0) this.#send(Math.max(...below), below.length > 1);
    for (const sequence of this.#acked) if (sequence > firstWaiting) this.#send(sequence, false);
    this.#acked = [];
  }

  #send(deliveryTag: number, multiple: boolean): void {
    this.#output.method(this.#channel, 'basic.ack', { deliveryTag, multiple });
  }
}
