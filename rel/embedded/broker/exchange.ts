// An exchange and its bindings to queues.
import type { FieldTable } from './codec/fields.ts';
import type { Queue } from './queue.ts';
import { DirectMatcher, FanoutMatcher, type Matcher, TopicMatcher } from './topic.ts';

const MATCHERS = {
  direct: () => new DirectMatcher<Queue>(),
  fanout: () => new FanoutMatcher<Queue>(),
  topic: () => new TopicMatcher<Queue>(),
};

export type ExchangeType = keyof typeof MATCHERS;

export function isExchangeType(type: string): type is ExchangeType {
  return Object.hasOwn(MATCHERS, type);
}

export interface ExchangeSpec {
  readonly name: string;
  readonly type: ExchangeType;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: FieldTable;
}

/** A binding is told apart by queue and key; its arguments mean nothing to the three types that exist here. */
export class Exchange {
  readonly spec: ExchangeSpec;
  readonly #bindings = new Map<Queue, Set<string>>();
  readonly #matcher: Matcher<Queue>;

  constructor(spec: ExchangeSpec) {
    this.spec = spec;
    this.#matcher = MATCHERS[spec.type]();
  }

  get isUsed(): boolean {
    return this.#bindings.size > 0;
  }

  /** False when the same binding exists. */
  bind(queue: Queue, key: string): boolean {
    const keys = this.#bindings.get(queue) ?? new Set();
    if (keys.has(key)) return false;
    this.#bindings.set(queue, keys.add(key));
    this.#matcher.add(key, queue);
    return true;
  }

  /** False when there is no such binding. */
  unbind(queue: Queue, key: string): boolean {
    const keys = this.#bindings.get(queue);
    if (!keys?.delete(key)) return false;
    if (keys.size === 0) this.#bindings.delete(queue);
    this.#matcher.remove(key, queue);
    return true;
  }

  /** Removes what binds a queue that is deleted; true when there was any. */
  forget(queue: Queue): boolean {
    const keys = this.#bindings.get(queue);
    if (!keys) return false;
    for (const key of keys) this.#matcher.remove(key, queue);
    return this.#bindings.delete(queue);
  }

  route(routingKey: string): Iterable<Queue> {
    return this.#matcher.match(routingKey);
  }

  *bindings(): Iterable<{ queue: Queue; key: string }> {
    for (const [queue, keys] of this.#bindings) for (const key of keys) yield { queue, key };
  }
}
