// Declares exchanges and queues as contract/kapi.md §1 wants them, once per connection.
import type { Channel, ChannelModel } from 'amqplib';
import { exchangeType } from './exchanges.ts';
import type { QueueSpec } from './transport.ts';

/** Remembers which exchanges this connection has declared. */
export interface Exchanges {
  /** Declares an exchange unless that is done; `''` needs none. */
  ensure(channel: Channel, name: string): Promise<void>;
  has(name: string): boolean;
  /** After a channel error nothing is taken for granted: an operator may have deleted an exchange. */
  forget(): void;
}

const declaredBy = new WeakMap<ChannelModel, Exchanges>();

/** The exchanges of a connection. */
export function exchangesOf(model: ChannelModel): Exchanges {
  let exchanges = declaredBy.get(model);
  if (!exchanges) {
    exchanges = createExchanges();
    declaredBy.set(model, exchanges);
  }
  return exchanges;
}

function createExchanges(): Exchanges {
  const declared = new Set<string>();
  const asItIs = new Set<string>();
  const has = (name: string) => name === '' || declared.has(name) || asItIs.has(name);
  return {
    has,
    forget: () => declared.clear(),
    ensure: async (channel, name) => {
      if (has(name)) return;
      try {
        await channel.assertExchange(name, exchangeType(name), { durable: false, autoDelete: false });
        declared.add(name);
      } catch (error) {
        // Someone declared it otherwise. The channel is lost, but the next one uses the exchange as it stands.
        if (isPreconditionFailed(error)) asItIs.add(name);
        throw error;
      }
    },
  };
}

/** True for AMQP 406: it exists with other properties. */
export function isPreconditionFailed(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === 406;
}

/**
 * What must not be lost is kept by most brokers of a cluster, so that one of them may die: quorum queues. How often a
 * message may fail is counted by us; a broker that counted too would drop dead letters that are looked at often.
 */
const kept = { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 } };

/** Declares a queue, those beside it, and its bindings. */
export async function declareQueue(channel: Channel, exchanges: Exchanges, spec: QueueSpec): Promise<void> {
  for (const { name, ttl, goesTo } of spec.beside ?? [])
    await channel.assertQueue(name, {
      ...kept,
      ...(ttl === undefined ? {} : { messageTtl: ttl }),
      ...(goesTo === undefined ? {} : { deadLetterExchange: '', deadLetterRoutingKey: goesTo }),
    });
  await channel.assertQueue(spec.name, optionsOf(spec));
  await bindQueue(channel, exchanges, spec);
}

/**
 * Binds a queue that is there, in a turn of the binding: those of different turns are different bindings, of the same effect.
 * A binding that is there stays as it is.
 */
export async function bindQueue(
  channel: Channel,
  exchanges: Exchanges,
  spec: QueueSpec,
  turn = 0,
): Promise<void> {
  for (const { exchange, key } of spec.bindings) {
    await exchanges.ensure(channel, exchange);
    await channel.bindQueue(spec.name, exchange, key, turnOf(turn));
  }
}

/** Takes a turn of the bindings away; what is not there is no error. */
export async function unbindQueue(channel: Channel, spec: QueueSpec, turn = 0): Promise<void> {
  for (const { exchange, key } of spec.bindings)
    await channel.unbindQueue(spec.name, exchange, key, turnOf(turn));
}

const turnOf = (turn: number) => (turn === 0 ? {} : { 'x-turn': turn });

function optionsOf({ kind, linger }: QueueSpec) {
  if (kind === 'durable') return kept;
  if (kind === 'private') return { durable: false, exclusive: true, autoDelete: true };
  // x-expires also deletes what nobody consumes any more, but only after the time given.
  if (linger !== undefined) return { durable: false, autoDelete: false, expires: linger };
  return { durable: false, autoDelete: true };
}
