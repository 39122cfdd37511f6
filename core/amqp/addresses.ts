// Where an answer goes, and by which way: AMQP replyTo, or Kazoo's Server-ID on `targeted`.
import { hostname } from 'node:os';
import { type AnyMessage, type ExchangeName, message, Type } from '../contract/index.ts';
import { AppError } from '../errors/index.ts';
import type { Delivery } from './bus.ts';
import { newMessageId } from './envelope.ts';
import { exchangeType, isDirect } from './exchanges.ts';

export interface Address {
  readonly exchange: string;
  readonly key: string;
  readonly correlationId?: string | undefined;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** The generic error answer (contract/kapi.md §1), with our code and details beside Kazoo's text. */
export const errorAnswer = message({
  category: 'error',
  name: 'error',
  exchange: 'targeted',
  summary: 'the request could not be served',
  fields: {
    'Error-Code': Type.String(),
    'Error-Message': Type.String(),
    'Error-Details': Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    'Call-ID': Type.Optional(Type.String()),
  },
});

/** A queue name of this process: `<node>-<pid>-<8 hex>`. */
export function privateQueueName(node: string): string {
  return `${node || hostname()}-${process.pid}-${newMessageId().slice(0, 8)}`;
}

/** The way back to a requester, or undefined when it asked for no answer. */
export function findReplyAddress(request: Delivery<AnyMessage>): Address | undefined {
  const messageId = request.message['Msg-ID'] as string | undefined;
  if (request.replyTo)
    return { exchange: '', key: request.replyTo, correlationId: request.correlationId ?? messageId };
  const serverId: unknown = request.message['Server-ID'];
  return typeof serverId !== 'string' || serverId === '' ? undefined : addressee(serverId);
}

/** Where a Server-ID is. Kazoo's master branch writes `pid://<pid>/<queue>` and wants the pid back in a header. */
function addressee(serverId: string): Address {
  const [, pid, queue] = /^pid:\/\/([^/]+)\/(.+)$/.exec(serverId) ?? [];
  if (!pid || !queue) return { exchange: 'targeted', key: serverId };
  return { exchange: 'targeted', key: queue, headers: { 'Deliver-To-PID': pid } };
}

/** Where a message is published: by target on a direct exchange, by the contract's key on any other. */
export function addressOf(contract: AnyMessage, fields: object, target?: string): Address {
  const exchange: ExchangeName = contract.exchange;
  if (target !== undefined)
    return checked(
      isDirect(exchange) && exchange !== 'targeted' ? { exchange, key: target } : addressee(target),
    );
  if (exchangeType(exchange) === 'fanout') return { exchange, key: '' };
  return checked({ exchange, key: contract.routingKey(fields as never) });
}

function checked(address: Address): Address {
  if (Buffer.byteLength(address.key) <= 255) return address;
  throw new AppError('invalid_message', {
    message: `the routing key is longer than 255 bytes: ${address.key.slice(0, 60)}…`,
  });
}
