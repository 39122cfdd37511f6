// The one virtual host: exchanges, queues and bindings, and the way of a message between them.
import { randomBytes } from 'node:crypto';
import { type DeathReason, isCycle, toDeadLetter } from './dead-letter.ts';
import { Exchange, type ExchangeBinding, type ExchangeSpec } from './exchange.ts';
import { type Journal, NO_JOURNAL } from './journal.ts';
import { MemoryGauge } from './memory.ts';
import { type Entry, type Message, sizeOf } from './message.ts';
import { ProtocolError } from './protocol-error.ts';
import { Queue, type QueueHost, type QueueSpec } from './queue.ts';
import { readQueueOptions } from './queue-options.ts';
import { record } from './storage.ts';

export const DIRECT_REPLY_TO = 'amq.rabbitmq.reply-to';
const PREDECLARED = { 'amq.direct': 'direct', 'amq.fanout': 'fanout', 'amq.topic': 'topic' } as const;

/** The consumer of a channel on `amq.rabbitmq.reply-to`. */
export interface ReplyTarget {
  reply(message: Message): void;
}

export interface Published {
  readonly isRouted: boolean;
  /** A full queue with x-overflow reject-publish did not take it. */
  readonly isRejected: boolean;
}

export class VirtualHost implements QueueHost {
  readonly exchanges = new Map<string, Exchange>();
  readonly queues = new Map<string, Queue>();
  /** By the routing key that a direct reply is sent to. */
  readonly replyTargets = new Map<string, ReplyTarget>();
  readonly memory: MemoryGauge;
  journal: Journal = NO_JOURNAL;
  publishedCount = 0;

  constructor(memoryLimit: number) {
    this.memory = new MemoryGauge(memoryLimit);
    for (const [name, type] of Object.entries(PREDECLARED)) {
      this.addExchange({ name, type, durable: true, autoDelete: false, internal: false, arguments: {} });
    }
  }

  getExchange(name: string): Exchange {
    const exchange = this.exchanges.get(name);
    if (!exchange) throw new ProtocolError('NOT_FOUND', `no exchange '${name}' in vhost '/'`);
    return exchange;
  }

  getQueue(name: string): Queue {
    const queue = this.queues.get(name);
    if (!queue) throw new ProtocolError('NOT_FOUND', `no queue '${name}' in vhost '/'`);
    return queue;
  }

  addExchange(spec: ExchangeSpec): void {
    this.exchanges.set(spec.name, new Exchange(spec));
    if (spec.durable) this.journal.append(record.exchange(spec));
  }

  /** Deleting what is not there is no error, as in RabbitMQ. */
  deleteExchange(name: string, ifUnused: boolean): void {
    const exchange = this.exchanges.get(name);
    if (!exchange) return;
    if (ifUnused && exchange.isUsed) {
      throw new ProtocolError('PRECONDITION_FAILED', `exchange '${name}' in vhost '/' in use`);
    }
    this.exchanges.delete(name);
    if (exchange.spec.durable) this.journal.append(record.exchangeGone(name));
  }

  /** @throws ProtocolError PRECONDITION_FAILED for arguments that make no queue. */
  addQueue(spec: QueueSpec): Queue {
    const queue = new Queue(spec, readQueueOptions(spec.name, spec.arguments), this);
    this.queues.set(spec.name, queue);
    if (queue.spec.durable) this.journal.append(record.queue(queue));
    return queue;
  }

  /** A name that no client can guess, as RabbitMQ gives. */
  newQueueName(): string {
    return `amq.gen-${randomBytes(16).toString('base64url')}`;
  }

  /** Returns how many messages were ready. */
  deleteQueue(queue: Queue): number {
    this.queues.delete(queue.name);
    if (queue.spec.durable) this.journal.append(record.queueGone(queue.name));
    const count = queue.delete();
    for (const [name, exchange] of this.exchanges) {
      if (exchange.forget(queue)) this.#dropUnused(name, exchange);
    }
    return count;
  }

  bind(exchange: string, queue: Queue, binding: ExchangeBinding): void {
    const source = this.getExchange(exchange);
    if (source.bind(queue, binding) && source.spec.durable && queue.spec.durable) {
      this.journal.append(record.binding(exchange, queue.name, binding));
    }
  }

  unbind(exchange: string, queue: Queue, binding: ExchangeBinding): void {
    const source = this.exchanges.get(exchange);
    if (!source?.unbind(queue, binding)) return;
    if (source.spec.durable && queue.spec.durable)
      this.journal.append(record.bindingGone(exchange, queue.name, binding));
    this.#dropUnused(exchange, source);
  }

  #dropUnused(name: string, exchange: Exchange): void {
    if (exchange.spec.autoDelete && !exchange.isUsed) this.deleteExchange(name, false);
  }

  /** @throws ProtocolError NOT_FOUND or ACCESS_REFUSED when the exchange is missing or internal. */
  publish(message: Message): Published {
    this.publishedCount++;
    const { exchange, routingKey } = message;
    if (exchange === '') return this.#publishDefault(message);
    const source = this.getExchange(exchange);
    if (source.spec.internal) {
      throw new ProtocolError(
        'ACCESS_REFUSED',
        `cannot publish to internal exchange '${exchange}' in vhost '/'`,
      );
    }
    let isRouted = false;
    let isRejected = false;
    for (const queue of source.route(routingKey)) {
      isRouted = true;
      if (!queue.push(message)) isRejected = true;
    }
    return { isRouted, isRejected };
  }

  #publishDefault(message: Message): Published {
    const { routingKey } = message;
    const queue = this.queues.get(routingKey);
    if (queue) return { isRouted: true, isRejected: !queue.push(message) };
    const target = routingKey.startsWith(DIRECT_REPLY_TO) ? this.replyTargets.get(routingKey) : undefined;
    target?.reply(message);
    return { isRouted: target !== undefined, isRejected: false };
  }

  stored(queue: Queue, entry: Entry): void {
    this.memory.add(sizeOf(entry.message));
    if (entry.journaled) this.journal.append(record.message(queue.name, entry));
  }

  removed(queue: Queue, entry: Entry): void {
    this.memory.release(sizeOf(entry.message));
    // When the queue itself is gone, so are its messages: one record says it all.
    if (entry.journaled && this.queues.get(queue.name) === queue) {
      this.journal.append(record.messageGone(queue.name, entry));
    }
  }

  deadLetter(queue: Queue, entry: Entry, reason: DeathReason): void {
    const { deadLetterExchange: exchange, deadLetterKey: routingKey } = queue.options;
    if (exchange === undefined) return;
    const source = exchange === '' ? undefined : this.exchanges.get(exchange);
    // As in RabbitMQ a dead-letter exchange that does not exist loses the message.
    if (exchange !== '' && !source) return;
    const dead = toDeadLetter(entry.message, queue.name, reason, { exchange, routingKey });
    const { message } = dead;
    const targets = source ? source.route(message.routingKey) : [this.queues.get(message.routingKey)];
    for (const target of targets) if (target && !isCycle(dead, target.name)) target.push(message);
  }

  outlived(queue: Queue): void {
    if (this.queues.get(queue.name) === queue) this.deleteQueue(queue);
  }

  /** Clears the timers of all queues. */
  stop(): void {
    for (const queue of this.queues.values()) queue.stop();
  }
}
