// queue.declare, bind, unbind, purge and delete; and finding the queue that a method means.
import type { Channel } from '../channel.ts';
import type { FieldTable } from '../codec/fields.ts';
import type { MethodArgs } from '../codec/methods.ts';
import type { ExchangeBinding } from '../exchange.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { Queue } from '../queue.ts';
import { assertSameArguments, readQueueOptions } from '../queue-options.ts';
import { DIRECT_REPLY_TO } from '../virtual-host.ts';
import { refuseDefaultExchange } from './exchange.ts';
import type { Handlers } from './index.ts';

type DeclareArgs = MethodArgs<'queue.declare'>;

/**
 * The queue of that name; the empty name means the one declared last on the channel.
 * @throws ProtocolError NOT_FOUND, or RESOURCE_LOCKED when it belongs to another connection.
 */
export function getQueue(channel: Channel, name: string): Queue {
  const queue = channel.vhost.getQueue(queueName(channel, name));
  assertMine(channel, queue);
  return queue;
}

function queueName(channel: Channel, name: string): string {
  if (name !== '') return name;
  if (channel.lastQueue === undefined) throw new ProtocolError('NOT_FOUND', 'no previously declared queue');
  return channel.lastQueue;
}

function assertMine(channel: Channel, { name, spec }: Queue): void {
  if (spec.owner && spec.owner !== channel.host) throw locked(name);
}

function locked(name: string): ProtocolError {
  const why =
    'It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.';
  return new ProtocolError(
    'RESOURCE_LOCKED',
    `cannot obtain exclusive access to locked queue '${name}' in vhost '/'. ${why}`,
  );
}

export const queueMethods = {
  'queue.declare': (channel, args) => {
    const declared = isReplyQueue(channel, args) ?? declare(channel, args);
    channel.lastQueue = declared.queue;
    if (!args.noWait) channel.send('queue.declare-ok', declared);
  },

  'queue.bind': (channel, args) => {
    refuseDefaultExchange(args.exchange);
    channel.vhost.getExchange(args.exchange);
    channel.vhost.bind(args.exchange, getQueue(channel, args.queue), bindingOf(channel, args));
    if (!args.noWait) channel.send('queue.bind-ok', {});
  },

  'queue.unbind': (channel, args) => {
    refuseDefaultExchange(args.exchange);
    const queue = channel.vhost.queues.get(queueName(channel, args.queue));
    if (queue) {
      assertMine(channel, queue);
      channel.vhost.unbind(args.exchange, queue, bindingOf(channel, args));
    }
    channel.send('queue.unbind-ok', {});
  },

  'queue.purge': (channel, args) => {
    const messageCount = getQueue(channel, args.queue).purge();
    if (!args.noWait) channel.send('queue.purge-ok', { messageCount });
  },

  'queue.delete': (channel, args) => {
    const messageCount = remove(channel, args);
    if (!args.noWait) channel.send('queue.delete-ok', { messageCount });
  },
} satisfies Handlers;

/** With neither queue nor key given, the key is the name of the last queue (AMQP 0-9-1, queue.bind). */
function bindingOf(
  channel: Channel,
  { queue, routingKey, arguments: args }: { queue: string; routingKey: string; arguments: FieldTable },
): ExchangeBinding {
  return { key: queue === '' && routingKey === '' ? queueName(channel, '') : routingKey, arguments: args };
}

function declare(channel: Channel, args: DeclareArgs): MethodArgs<'queue.declare-ok'> {
  const name = args.queue === '' && args.passive ? queueName(channel, '') : args.queue;
  const existing = name === '' ? undefined : channel.vhost.queues.get(name);
  const queue = args.passive || existing ? redeclare(channel, name, args) : create(channel, args);
  return { queue: queue.name, messageCount: queue.readyCount, consumerCount: queue.consumerCount };
}

/** As in RabbitMQ an exclusive queue is never durable, whatever was asked: it ends with its connection. */
function isDurable({ durable, exclusive }: DeclareArgs): boolean {
  return durable && !exclusive;
}

function create(channel: Channel, args: DeclareArgs): Queue {
  if (args.queue.startsWith('amq.')) {
    throw new ProtocolError('ACCESS_REFUSED', `queue name '${args.queue}' contains reserved prefix 'amq.*'`);
  }
  if (args.arguments['x-queue-type'] === 'quorum' && (!args.durable || args.exclusive))
    throw new ProtocolError(
      'PRECONDITION_FAILED',
      `invalid property '${args.exclusive ? 'exclusive-owner' : 'non-durable'}' for queue '${args.queue}' in vhost '/'`,
    );
  const queue = channel.vhost.addQueue({
    name: args.queue || channel.vhost.newQueueName(),
    durable: isDurable(args),
    autoDelete: args.autoDelete,
    owner: args.exclusive ? channel.host : undefined,
    arguments: args.arguments,
  });
  if (args.exclusive) channel.host.exclusiveQueues.add(queue);
  return queue;
}

function redeclare(channel: Channel, name: string, args: DeclareArgs): Queue {
  const queue = getQueue(channel, name);
  queue.touch();
  if (args.passive) return queue;
  const { spec } = queue;
  if (args.exclusive !== (spec.owner !== undefined)) throw locked(name);
  for (const [flag, received, current] of [
    ['durable', isDurable(args), spec.durable],
    ['auto_delete', args.autoDelete, spec.autoDelete],
  ]) {
    if (received === current) continue;
    const detail = `received '${received}' but current is '${current}'`;
    throw new ProtocolError(
      'PRECONDITION_FAILED',
      `inequivalent arg '${flag}' for queue '${name}' in vhost '/': ${detail}`,
    );
  }
  readQueueOptions(name, args.arguments);
  assertSameArguments(name, args.arguments, spec.arguments);
  return queue;
}

/** A responder may ask by a declare whether the one who waits for a direct reply is still there. */
function isReplyQueue(
  { vhost }: Channel,
  { queue }: DeclareArgs,
): MethodArgs<'queue.declare-ok'> | undefined {
  const exists = queue === DIRECT_REPLY_TO || vhost.replyTargets.has(queue);
  return exists ? { queue, messageCount: 0, consumerCount: 1 } : undefined;
}

function remove(channel: Channel, args: MethodArgs<'queue.delete'>): number {
  const name = queueName(channel, args.queue);
  const queue = channel.vhost.queues.get(name);
  if (!queue) return 0;
  assertMine(channel, queue);
  const refuse = (why: string) =>
    new ProtocolError('PRECONDITION_FAILED', `queue '${name}' in vhost '/' ${why}`);
  if (args.ifUnused && queue.consumerCount > 0) throw refuse('in use');
  if (args.ifEmpty && queue.readyCount > 0) throw refuse('not empty');
  return channel.vhost.deleteQueue(queue);
}
