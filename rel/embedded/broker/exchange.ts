// An exchange and its bindings to queues.
import { encodeValue, type FieldTable } from './codec/fields.ts';
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

/** A binding. Its arguments mean nothing to the three types that exist here, but tell it from others. */
export interface ExchangeBinding {
  readonly key: string;
  readonly arguments: FieldTable;
}

/** As in RabbitMQ a binding is told apart by queue, key and arguments. */
export class Exchange {
  readonly spec: ExchangeSpec;
  /** By queue, key, and the arguments in one text. */
  readonly #bindings = new Map<Queue, Map<string, Map<string, FieldTable>>>();
  readonly #matcher: Matcher<Queue>;

  constructor(spec: ExchangeSpec) {
    this.spec = spec;
    this.#matcher = MATCHERS[spec.type]();
  }

  get isUsed(): boolean {
    return this.#bindings.size > 0;
  }

  /** False when the same binding exists. */
  bind(queue: Queue, { key, arguments: args }: ExchangeBinding): boolean {
    const keys = this.#bindings.get(queue) ?? new Map<string, Map<string, FieldTable>>();
    this.#bindings.set(queue, keys);
    const alike = keys.get(key) ?? new Map<string, FieldTable>();
    if (alike.size === 0) this.#matcher.add(key, queue);
    const name = nameOf(args);
    if (alike.has(name)) return false;
    keys.set(key, alike.set(name, args));
    return true;
  }

  /** False when there is no such binding. */
  unbind(queue: Queue, { key, arguments: args }: ExchangeBinding): boolean {
    const keys = this.#bindings.get(queue);
    const alike = keys?.get(key);
    if (!keys || !alike?.delete(nameOf(args))) return false;
    if (alike.size > 0) return true;
    this.#matcher.remove(key, queue);
    keys.delete(key);
    if (keys.size === 0) this.#bindings.delete(queue);
    return true;
  }

  /** Removes what binds a queue that is deleted; true when there was any. */
  forget(queue: Queue): boolean {
    const keys = this.#bindings.get(queue);
    if (!keys) return false;
    for (const key of keys.keys()) this.#matcher.remove(key, queue);
    return this.#bindings.delete(queue);
  }

  route(routingKey: string): Iterable<Queue> {
    return this.#matcher.match(routingKey);
  }

  *bindings(): Iterable<{ readonly queue: Queue; readonly binding: ExchangeBinding }> {
    for (const [queue, keys] of this.#bindings)
      for (const [key, alike] of keys)
        for (const args of alike.values()) yield { queue, binding: { key, arguments: args } };
  }
}

/** The same for the same arguments in any order. */
function nameOf(args: FieldTable): string {
  const sorted = Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1));
  return encodeValue(Object.fromEntries(sorted)).toString('latin1');
}
