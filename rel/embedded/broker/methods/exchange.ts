// exchange.declare, exchange.delete; bindings between exchanges are not implemented.
import type { MethodArgs } from '../codec/methods.ts';
import { type Exchange, isExchangeType } from '../exchange.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { Handlers } from './index.ts';

type DeclareArgs = MethodArgs<'exchange.declare'>;

/** @throws ProtocolError ACCESS_REFUSED: the default exchange is bound to every queue, and to nothing else. */
export function refuseDefaultExchange(name: string): void {
  if (name === '')
    throw new ProtocolError('ACCESS_REFUSED', 'operation not permitted on the default exchange');
}

export const exchangeMethods = {
  'exchange.declare': (channel, args) => {
    refuseDefaultExchange(args.exchange);
    if (args.passive) channel.vhost.getExchange(args.exchange);
    else {
      const existing = channel.vhost.exchanges.get(args.exchange);
      if (existing) assertSame(args, existing);
      else channel.vhost.addExchange({ ...args, name: args.exchange, type: newType(args) });
    }
    if (!args.noWait) channel.send('exchange.declare-ok', {});
  },

  'exchange.delete': (channel, { exchange, ifUnused, noWait }) => {
    refuseDefaultExchange(exchange);
    if (exchange.startsWith('amq.')) {
      throw new ProtocolError(
        'ACCESS_REFUSED',
        `deletion of system exchange '${exchange}' in vhost '/' not allowed`,
      );
    }
    channel.vhost.deleteExchange(exchange, ifUnused);
    if (!noWait) channel.send('exchange.delete-ok', {});
  },

  'exchange.bind': refuseExchangeBinding,
  'exchange.unbind': refuseExchangeBinding,
} satisfies Handlers;

function refuseExchangeBinding(): never {
  throw new ProtocolError('NOT_IMPLEMENTED', 'bindings between exchanges: bind the queue instead');
}

function newType({ exchange, type, arguments: args }: DeclareArgs) {
  if (type === 'headers')
    throw new ProtocolError('NOT_IMPLEMENTED', 'headers exchanges: use a topic exchange');
  if (!isExchangeType(type)) throw new ProtocolError('COMMAND_INVALID', `unknown exchange type '${type}'`);
  if (args['alternate-exchange'] !== undefined)
    throw new ProtocolError('NOT_IMPLEMENTED', 'alternate-exchange');
  if (exchange.startsWith('amq.')) {
    throw new ProtocolError('ACCESS_REFUSED', `exchange name '${exchange}' contains reserved prefix 'amq.*'`);
  }
  return type;
}

function assertSame(args: DeclareArgs, { spec }: Exchange): void {
  const pairs = [
    ['type', args.type, spec.type],
    ['durable', args.durable, spec.durable],
    ['auto_delete', args.autoDelete, spec.autoDelete],
    ['internal', args.internal, spec.internal],
  ];
  for (const [name, received, current] of pairs) {
    if (received === current) continue;
    const detail = `received '${received}' but current is '${current}'`;
    throw new ProtocolError(
      'PRECONDITION_FAILED',
      `inequivalent arg '${name}' for exchange '${spec.name}' in vhost '/': ${detail}`,
    );
  }
}
