// One channel: its consumers, deliveries and confirms. The methods themselves stand in `methods/`.
import { randomBytes } from 'node:crypto';
import { ByteReader } from './codec/bytes.ts';
import { FRAME_METHOD, type Frame } from './codec/frames.ts';
import { type AnyMethod, type MethodArgs, type MethodName, readMethod } from './codec/methods.ts';
import { encodeShortString, joinProperties, splitProperties } from './codec/properties.ts';
import type { Confirms } from './confirms.ts';
import { Consumer, type ConsumerSpec } from './consumer.ts';
import { ContentReader, type PublishArgs } from './content.ts';
import type { Entry, Message } from './message.ts';
import { handleMethod } from './methods/index.ts';
import type { Output } from './output.ts';
import { ProtocolError } from './protocol-error.ts';
import type { Queue } from './queue.ts';
import { type Delivery, Unacked } from './unacked.ts';
import { DIRECT_REPLY_TO, type ReplyTarget, type VirtualHost } from './virtual-host.ts';

/** What a channel needs of the connection it belongs to. */
export interface ChannelHost {
  readonly user: string;
  readonly output: Output;
  readonly vhost: VirtualHost;
  /** The client understands a basic.cancel from the broker. */
  readonly acceptsCancel: boolean;
  /** Exclusive queues that end with the connection. */
  readonly exclusiveQueues: Set<Queue>;
  /** Too much is waiting to be read by the client. */
  isCongested(): boolean;
  /** A message came in: holds the connection back when the broker is full. */
  published(): void;
}

export class Channel implements ReplyTarget {
  readonly id: number;
  readonly host: ChannelHost;
  readonly unacked = new Unacked();
  readonly consumers = new Map<string, Consumer>();
  /** The prefetch of consumers to come. */
  prefetch = 0;
  /** The prefetch of all consumers together; 0 for no limit. */
  channelPrefetch = 0;
  lastQueue: string | undefined;
  confirms: Confirms | undefined;
  isClosed = false;
  /** The method being handled, which error replies name. */
  currentMethod: MethodName | undefined;
  deliveredCount = 0;
  #content: ContentReader | undefined;
  #deliveryTag = 0;
  #reply: { tag: string; key: string } | undefined;

  constructor(id: number, host: ChannelHost) {
    this.id = id;
    this.host = host;
  }

  get vhost(): VirtualHost {
    return this.host.vhost;
  }

  /** @throws ProtocolError for anything the client may not do; its scope says what ends. */
  receive(frame: Frame): void {
    if (this.#content) {
      const message = this.#content.push(frame);
      if (!message) return;
      const { args } = this.#content;
      this.#content = undefined;
      this.#publish(args, message);
      return;
    }
    if (frame.type !== FRAME_METHOD) {
      this.currentMethod = undefined;
      throw new ProtocolError('UNEXPECTED_FRAME', 'expected method frame, got non method frame instead');
    }
    const method: AnyMethod = readMethod(new ByteReader(frame.payload));
    this.currentMethod = method.name;
    if (method.name === 'basic.publish') this.#beginPublish(method.args);
    else handleMethod(this, method);
  }

  send<N extends MethodName>(name: N, args: MethodArgs<N>): void {
    this.host.output.method(this.id, name, args);
  }

  #beginPublish(args: PublishArgs): void {
    if (args.immediate) throw new ProtocolError('NOT_IMPLEMENTED', 'immediate=true');
    this.#content = new ContentReader(args);
  }

  #publish(args: PublishArgs, received: Message): void {
    const message = this.#checked(received);
    // Counted before it can fail, and never answered when it does: the channel is gone then.
    const sequence = this.confirms?.begin();
    const { isRouted, isRejected } = this.vhost.publish(message);
    if (!isRouted && args.mandatory) this.#return(args, received);
    if (sequence !== undefined) this.#confirm(sequence, message.active.persistent && isRouted, isRejected);
    this.host.published();
  }

  #checked(message: Message): Message {
    const { expiration, userId, replyTo } = message.active;
    const refuse = (detail: string) => new ProtocolError('PRECONDITION_FAILED', detail);
    if (expiration !== undefined && !/^\d{1,15}$/.test(expiration)) {
      throw refuse(`invalid expiration '${expiration}': no_integer`);
    }
    if (userId !== undefined && userId !== this.host.user) {
      throw refuse(`user_id property set to '${userId}' but authenticated user was '${this.host.user}'`);
    }
    if (replyTo !== DIRECT_REPLY_TO) return message;
    if (!this.#reply) throw refuse('fast reply consumer does not exist');
    const parts = splitProperties(message.properties).set('replyTo', encodeShortString(this.#reply.key));
    return { ...message, properties: joinProperties(parts) };
  }

  #return({ exchange, routingKey }: PublishArgs, message: Message): void {
    const args = { replyCode: 312, replyText: 'NO_ROUTE', exchange, routingKey };
    this.host.output.content(this.id, 'basic.return', args, message);
  }

  #confirm(sequence: number, awaitsJournal: boolean, isRejected: boolean): void {
    if (isRejected) this.confirms?.nack(sequence);
    else if (!awaitsJournal) this.confirms?.ack(sequence);
    else {
      this.vhost.journal.whenWritten((error) => {
        if (this.isClosed) return;
        if (error) this.confirms?.nack(sequence);
        else this.confirms?.ack(sequence);
      });
    }
  }

  addConsumer(queue: Queue, spec: ConsumerSpec): void {
    const consumer = new Consumer(this, queue, spec);
    this.consumers.set(spec.tag, consumer);
    queue.addConsumer(consumer);
  }

  removeConsumer(consumer: Consumer): void {
    this.consumers.delete(consumer.spec.tag);
    consumer.queue.removeConsumer(consumer);
  }

  /** Consumes direct replies; the key is secret, since whoever knows it can answer. */
  addReplyConsumer(tag: string): void {
    if (this.#reply) throw new ProtocolError('PRECONDITION_FAILED', 'reply consumer already set');
    this.#reply = { tag, key: `${DIRECT_REPLY_TO}.${randomBytes(16).toString('base64url')}` };
    this.vhost.replyTargets.set(this.#reply.key, this);
  }

  removeReplyConsumer(tag?: string): void {
    if (!this.#reply || (tag !== undefined && tag !== this.#reply.tag)) return;
    this.vhost.replyTargets.delete(this.#reply.key);
    this.#reply = undefined;
  }

  get replyTag(): string | undefined {
    return this.#reply?.tag;
  }

  reply(message: Message): void {
    if (this.#reply) this.#deliver(this.#reply.tag, ++this.#deliveryTag, false, message);
  }

  deliver(consumer: Consumer, entry: Entry): void {
    const tag = this.#track({ entry, queue: consumer.queue, consumer }, consumer.noAck);
    this.#deliver(consumer.spec.tag, tag, entry.redelivered, entry.message);
  }

  /** Gives the entry a delivery tag, and keeps it when it must be acknowledged. */
  #track(delivery: Delivery, noAck: boolean): number {
    this.#deliveryTag++;
    if (!noAck) this.unacked.add(this.#deliveryTag, delivery);
    return this.#deliveryTag;
  }

  #deliver(consumerTag: string, deliveryTag: number, redelivered: boolean, message: Message): void {
    this.deliveredCount++;
    const { exchange, routingKey } = message;
    const args = { consumerTag, deliveryTag, redelivered, exchange, routingKey };
    this.host.output.content(this.id, 'basic.deliver', args, message);
  }

  get(queue: Queue, noAck: boolean): void {
    const entry = queue.hasExclusiveConsumer ? undefined : queue.shift(noAck);
    if (!entry) {
      this.send('basic.get-empty', { reserved: '' });
      return;
    }
    const { message, redelivered } = entry;
    const deliveryTag = this.#track({ entry, queue, consumer: undefined }, noAck);
    const { exchange, routingKey } = message;
    const args = { deliveryTag, redelivered, exchange, routingKey, messageCount: queue.readyCount };
    this.host.output.content(this.id, 'basic.get-ok', args, message);
  }

  canSend(): boolean {
    return !this.isClosed && !this.host.isCongested();
  }

  hasCredit(): boolean {
    return this.channelPrefetch === 0 || this.unacked.consumedCount < this.channelPrefetch;
  }

  /** Consumers may have room again: after acks, a new prefetch, or when the socket has drained. */
  resume(): void {
    for (const queue of new Set(Array.from(this.consumers.values(), (consumer) => consumer.queue)))
      queue.dispatch();
  }

  requeue(deliveries: readonly Delivery[]): void {
    // Highest first: each then finds its place at the head of the queue.
    for (const { queue, entry } of deliveries.toReversed()) queue.requeue(entry);
    for (const queue of new Set(deliveries.map((delivery) => delivery.queue))) queue.dispatch();
  }

  consumerCancelled(consumer: Consumer): void {
    this.consumers.delete(consumer.spec.tag);
    if (this.isClosed || !this.host.acceptsCancel) return;
    this.send('basic.cancel', { consumerTag: consumer.spec.tag, noWait: true });
  }

  /** Ends all that the channel holds; what was not acknowledged goes back to its queues. */
  close(): void {
    if (this.isClosed) return;
    this.confirms?.flush();
    this.isClosed = true;
    this.#content = undefined;
    this.removeReplyConsumer();
    const deliveries = this.unacked.takeAll();
    // Consumers first: nothing must be delivered to this channel again. Auto-delete queues go with them.
    for (const consumer of [...this.consumers.values()]) this.removeConsumer(consumer);
    this.requeue(deliveries);
  }
}
