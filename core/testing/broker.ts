// A broker in memory: exchanges, queues and bindings as AMQP has them, for the fake bus.
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Binding,
  exchangeType,
  type Incoming,
  type Outgoing,
  type QueueSpec,
  type Transport,
  type TransportConsumer,
  type WaitingQueue,
} from '../amqp/index.ts';
import { AppError } from '../errors/index.ts';

interface Queue {
  readonly name: string;
  readonly kind: QueueSpec['kind'];
  readonly bindings: Binding[];
  readonly consumers: Taker[];
  readonly backlog: Incoming[];
  readonly ttl?: number | undefined;
  readonly goesTo?: string | undefined;
  turn: number;
}

type Taker = (message: Incoming) => void;

/** The connection of one process. */
export interface MemoryTransport extends Transport {
  /** The process dies: nothing it does is seen any more, and what it had not acknowledged goes back to its queues. */
  cut(): void;
  /** The broker is away and all that is told meanwhile is missed; the result brings it back. */
  miss(): () => void;
}

/** A broker that any number of transports share. Messages arrive in a later turn of the event loop, in order. */
export interface MemoryBroker {
  connect(): MemoryTransport;
  /** Messages between a queue and its consumer, or waiting for their time to come back. */
  readonly underWay: number;
  /** Names of the queues that exist. */
  queues(): readonly string[];
  /** Puts bytes on an exchange as a foreign publisher could, well-formed or not. Answers how many queues took it. */
  inject(exchange: string, key: string, body: Buffer | string, properties?: Partial<Incoming>): number;
}

/** Starts a broker in memory. `onPublish` sees every message of every transport. */
export function memoryBroker(onPublish: (message: Outgoing) => void = () => undefined): MemoryBroker {
  const queues = new Map<string, Queue>();
  let underWay = 0;
  const later = (work: () => void, schedule: (run: () => void) => void): void => {
    underWay += 1;
    schedule(() => {
      underWay -= 1;
      work();
    });
  };

  const declare = (name: string, kind: QueueSpec['kind'], waiting: Partial<WaitingQueue> = {}): Queue => {
    const found = queues.get(name);
    if (found) return found;
    const { ttl, goesTo } = waiting;
    const queue: Queue = { name, kind, ttl, goesTo, bindings: [], consumers: [], backlog: [], turn: 0 };
    queues.set(name, queue);
    return queue;
  };

  const push = (queue: Queue, message: Incoming): void => {
    if (queue.goesTo !== undefined && queue.ttl !== undefined) {
      const target = queue.goesTo;
      const back = () => route({ ...message, exchange: '', routingKey: target });
      later(back, (run) => setTimeout(run, queue.ttl).unref());
      return;
    }
    const consumer = queue.consumers[queue.turn++ % Math.max(1, queue.consumers.length)];
    if (!consumer) queue.backlog.push(message);
    // Whoever has gone meanwhile does not get it.
    else
      later(
        () => (queue.consumers.includes(consumer) ? consumer(message) : push(queue, message)),
        setImmediate,
      );
  };

  const route = (message: Incoming): number => {
    const { exchange, routingKey } = message;
    const takers = [...queues.values()].filter((queue) =>
      exchange === ''
        ? queue.name === routingKey
        : queue.bindings.some((it) => it.exchange === exchange && matches(exchange, it.key, routingKey)),
    );
    for (const queue of takers) push(queue, message);
    return takers.length;
  };

  const subscribe = (spec: QueueSpec, onMessage: Taker): MemoryConsumer => {
    const queue = declare(spec.name, spec.kind);
    for (const waiting of spec.beside ?? []) declare(waiting.name, 'durable', waiting);
    const consumer = consumerOf(queue, spec, onMessage, {
      push: (message) => push(queue, message),
      exists: () => queues.get(queue.name) === queue,
      remove: () => queues.delete(queue.name),
    });
    for (const message of queue.backlog.splice(0)) push(queue, message);
    return consumer;
  };

  return {
    connect: () => connectTo(route, subscribe, onPublish),
    get underWay() {
      return underWay;
    },
    queues: () => [...queues.keys()],
    inject: (exchange, routingKey, body, properties = {}) =>
      route({ ...plain, exchange, routingKey, body: Buffer.from(body), ...properties }),
  };
}

/** Adds a consumer to a queue. What it has not acknowledged goes back when it leaves. */
function consumerOf(
  queue: Queue,
  spec: QueueSpec,
  onMessage: Taker,
  broker: { push(message: Incoming): void; exists(): boolean; remove(): void },
): MemoryConsumer {
  const add = (binding: Binding): void => {
    if (!queue.bindings.some((it) => it.exchange === binding.exchange && it.key === binding.key))
      queue.bindings.push(binding);
  };
  for (const binding of spec.bindings) add(binding);
  const unacked = new Set<Incoming>();
  const taker: Taker = (message) => {
    if (spec.prefetch === 0) {
      onMessage(message);
      return;
    }
    const given = { ...message, ack: () => void unacked.delete(given) };
    unacked.add(given);
    onMessage(given);
  };
  queue.consumers.push(taker);
  const leave = (): void => {
    const index = queue.consumers.indexOf(taker);
    if (index >= 0) queue.consumers.splice(index, 1);
    const outlives = queue.kind === 'durable' || spec.linger !== undefined;
    if (queue.consumers.length === 0 && !outlives) broker.remove();
  };
  const giveBack = (): void => {
    const back = [...unacked].map((message) => ({ ...message, redelivered: true, ack: plain.ack }));
    unacked.clear();
    if (!broker.exists()) return;
    if (queue.consumers.length === 0) queue.backlog.unshift(...back);
    else for (const message of back) broker.push(message);
  };
  return {
    isReady: true,
    ready: async () => undefined,
    bind: async (binding) => add(binding),
    unbind: async ({ exchange, key }) => {
      const index = queue.bindings.findIndex((it) => it.exchange === exchange && it.key === key);
      if (index >= 0) queue.bindings.splice(index, 1);
    },
    cancel: async () => {
      leave();
      // What was on its way to this consumer arrives before cancelling ends, as on a real channel.
      await nextTurn();
    },
    release: async () => giveBack(),
    cut: () => {
      leave();
      giveBack();
    },
  };
}

interface MemoryConsumer extends TransportConsumer {
  cut(): void;
}

/** One process' connection. */
function connectTo(
  route: (message: Incoming) => number,
  subscribe: (spec: QueueSpec, onMessage: Taker) => MemoryConsumer,
  onPublish: (message: Outgoing) => void,
): MemoryTransport {
  const consumers: MemoryConsumer[] = [];
  const whenBack: (() => void)[] = [];
  let dead = false;
  let away = false;
  let connections = 1;
  let backSince = Number.NEGATIVE_INFINITY;
  let returned: (messageId: string) => void = () => undefined;
  let open = true;
  return {
    publish: async (message) => {
      if (dead) throw new AppError('bus_unreachable', { message: 'this process is dead' });
      if (away && message.confirm) throw new AppError('bus_unreachable', { message: 'the broker is away' });
      if (!open) throw new AppError('stopping', { message: 'the bus of this process is closed' });
      onPublish(message);
      if (route(incomingOf(message)) > 0 || !message.mandatory) return;
      if (message.confirm)
        throw new AppError('nobody_listens', {
          message: `nobody listens on ${message.exchange}/${message.key}`,
        });
      setImmediate(() => returned(message.messageId));
    },
    onReturned: (listener) => {
      returned = listener;
    },
    consume: async (spec, onMessage) => {
      if (dead) throw new AppError('bus_unreachable', { message: 'this process is dead' });
      const consumer = subscribe(spec, (message) => {
        if (!dead && !away) onMessage(message);
      });
      consumers.push(consumer);
      if (spec.onBack) whenBack.push(spec.onBack);
      return consumer;
    },
    status: () => ({ connected: open && !dead && !away, connections, backSince }),
    miss: () => {
      away = true;
      return () => {
        away = false;
        connections += 1;
        backSince = performance.now();
        for (const tell of whenBack) tell();
      };
    },
    cut: () => {
      dead = true;
      for (const consumer of consumers) consumer.cut();
    },
    close: async () => {
      open = false;
      await Promise.all(consumers.map((consumer) => consumer.cancel()));
    },
  };
}

const plain = {
  redelivered: false,
  messageId: undefined,
  replyTo: undefined,
  correlationId: undefined,
  headers: {},
  ack: () => undefined,
};

function incomingOf(message: Outgoing): Incoming {
  const { exchange, key, body, messageId, correlationId, replyTo, headers } = message;
  return {
    ...plain,
    exchange,
    routingKey: key,
    body,
    messageId,
    correlationId,
    replyTo,
    headers: headers ?? {},
  };
}

function matches(exchange: string, pattern: string, key: string): boolean {
  const type = exchangeType(exchange);
  if (type === 'fanout') return true;
  return type === 'direct' ? pattern === key : topicMatches(pattern.split('.'), key.split('.'));
}

/** AMQP topic matching: `*` is one word, `#` any number of words, none among them. */
function topicMatches(pattern: readonly string[], words: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return words.length === 0;
  if (head === '#') return words.some((_, i) => topicMatches(rest, words.slice(i))) || topicMatches(rest, []);
  if (words.length === 0) return false;
  return (head === '*' || head === words[0]) && topicMatches(rest, words.slice(1));
}
