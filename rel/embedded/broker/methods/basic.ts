// basic.*, but for publish, whose content the channel collects.
import { randomBytes } from 'node:crypto';
import type { Channel } from '../channel.ts';
import type { MethodArgs } from '../codec/methods.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { Delivery } from '../unacked.ts';
import { DIRECT_REPLY_TO } from '../virtual-host.ts';
import type { Handlers } from './index.ts';
import { getQueue } from './queue.ts';

export const basicMethods = {
  'basic.qos': (channel, { prefetchSize, prefetchCount, global }) => {
    if (prefetchSize > 0) throw new ProtocolError('NOT_IMPLEMENTED', `prefetch_size!=0 (${prefetchSize})`);
    if (global) channel.channelPrefetch = prefetchCount;
    else channel.prefetch = prefetchCount;
    channel.send('basic.qos-ok', {});
    channel.resume();
  },

  'basic.consume': (channel, args) => {
    const tag = args.consumerTag || `amq.ctag-${randomBytes(16).toString('base64url')}`;
    if (channel.consumers.has(tag) || channel.replyTag === tag) {
      throw new ProtocolError('NOT_ALLOWED', `attempt to reuse consumer tag '${tag}'`);
    }
    if (args.queue === DIRECT_REPLY_TO) consumeReplies(channel, tag, args);
    else consume(channel, tag, args);
  },

  'basic.cancel': (channel, { consumerTag, noWait }) => {
    const consumer = channel.consumers.get(consumerTag);
    if (consumer) channel.removeConsumer(consumer);
    channel.removeReplyConsumer(consumerTag);
    if (!noWait) channel.send('basic.cancel-ok', { consumerTag });
  },

  'basic.get': (channel, { queue, noAck }) => channel.get(getQueue(channel, queue), noAck),

  'basic.ack': (channel, { deliveryTag, multiple }) => {
    const deliveries = channel.unacked.take(deliveryTag, multiple);
    for (const { queue, entry } of deliveries) queue.settle(entry);
    resume(channel, deliveries);
  },

  'basic.nack': (channel, { deliveryTag, multiple, requeue }) =>
    reject(channel, deliveryTag, multiple, requeue),
  'basic.reject': (channel, { deliveryTag, requeue }) => reject(channel, deliveryTag, false, requeue),

  'basic.recover': (channel, args) => {
    recover(channel, args);
    channel.send('basic.recover-ok', {});
  },
  'basic.recover-async': recover,
} satisfies Handlers;

function consume(channel: Channel, tag: string, args: MethodArgs<'basic.consume'>): void {
  const queue = getQueue(channel, args.queue);
  if (queue.hasExclusiveConsumer || (args.exclusive && queue.consumerCount > 0)) {
    throw new ProtocolError('ACCESS_REFUSED', `queue '${queue.name}' in vhost '/' in exclusive use`);
  }
  if (args.arguments['x-priority'] !== undefined)
    throw new ProtocolError('NOT_IMPLEMENTED', 'consumer priorities');
  const { noAck, exclusive } = args;
  channel.addConsumer(queue, { tag, noAck, exclusive, prefetch: channel.prefetch });
  if (!args.noWait) channel.send('basic.consume-ok', { consumerTag: tag });
  queue.dispatch();
}

function consumeReplies(channel: Channel, tag: string, { noAck, noWait }: MethodArgs<'basic.consume'>): void {
  if (!noAck) throw new ProtocolError('PRECONDITION_FAILED', 'reply consumer cannot acknowledge');
  channel.addReplyConsumer(tag);
  if (!noWait) channel.send('basic.consume-ok', { consumerTag: tag });
}

function reject(channel: Channel, tag: number, multiple: boolean, requeue: boolean): void {
  const deliveries = channel.unacked.take(tag, multiple);
  if (requeue) channel.requeue(deliveries);
  else for (const { queue, entry } of deliveries) queue.reject(entry);
  resume(channel, deliveries);
}

/** All that the channel holds unacknowledged goes back, and may be delivered to anyone. */
function recover(channel: Channel, { requeue }: { requeue: boolean }): void {
  if (!requeue) throw new ProtocolError('NOT_IMPLEMENTED', 'requeue=false');
  channel.requeue(channel.unacked.takeAll());
}

function resume(channel: Channel, deliveries: readonly Delivery[]): void {
  if (channel.channelPrefetch > 0) channel.resume();
  // The usual case, one ack: without the set.
  else if (deliveries.length === 1) deliveries[0]?.queue.dispatch();
  else for (const queue of new Set(deliveries.map((delivery) => delivery.queue))) queue.dispatch();
}
