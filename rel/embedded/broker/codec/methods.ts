// The methods of AMQP 0-9-1 that the broker speaks: one table, from which types, decoder and encoder follow.
import { ProtocolError } from '../protocol-error.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { type FieldTable, readTable, writeTable } from './fields.ts';

interface Kinds {
  octet: number;
  short: number;
  long: number;
  longlong: number;
  bit: boolean;
  shortstr: string;
  longstr: Buffer;
  table: FieldTable;
}

const declareQueue = {
  ticket: 'short',
  queue: 'shortstr',
  passive: 'bit',
  durable: 'bit',
  exclusive: 'bit',
  autoDelete: 'bit',
  noWait: 'bit',
  arguments: 'table',
} as const;
const declareExchange = {
  ticket: 'short',
  exchange: 'shortstr',
  type: 'shortstr',
  passive: 'bit',
  durable: 'bit',
  autoDelete: 'bit',
  internal: 'bit',
  noWait: 'bit',
  arguments: 'table',
} as const;
const bindQueue = {
  ticket: 'short',
  queue: 'shortstr',
  exchange: 'shortstr',
  routingKey: 'shortstr',
  noWait: 'bit',
  arguments: 'table',
} as const;
const unbindQueue = {
  ticket: 'short',
  queue: 'shortstr',
  exchange: 'shortstr',
  routingKey: 'shortstr',
  arguments: 'table',
} as const;
const bindExchange = {
  ticket: 'short',
  destination: 'shortstr',
  source: 'shortstr',
  routingKey: 'shortstr',
  noWait: 'bit',
  arguments: 'table',
} as const;
const consume = {
  ticket: 'short',
  queue: 'shortstr',
  consumerTag: 'shortstr',
  noLocal: 'bit',
  noAck: 'bit',
  exclusive: 'bit',
  noWait: 'bit',
  arguments: 'table',
} as const;
const close = { replyCode: 'short', replyText: 'shortstr', classId: 'short', methodId: 'short' } as const;
const tune = { channelMax: 'short', frameMax: 'long', heartbeat: 'short' } as const;
const none = {} as const;

const METHODS = {
  'connection.start': [
    10,
    10,
    {
      versionMajor: 'octet',
      versionMinor: 'octet',
      properties: 'table',
      mechanisms: 'longstr',
      locales: 'longstr',
    },
  ],
  'connection.start-ok': [
    10,
    11,
    { properties: 'table', mechanism: 'shortstr', response: 'longstr', locale: 'shortstr' },
  ],
  'connection.tune': [10, 30, tune],
  'connection.tune-ok': [10, 31, tune],
  'connection.open': [10, 40, { vhost: 'shortstr', reserved1: 'shortstr', reserved2: 'bit' }],
  'connection.open-ok': [10, 41, { reserved: 'shortstr' }],
  'connection.close': [10, 50, close],
  'connection.close-ok': [10, 51, none],
  'connection.blocked': [10, 60, { reason: 'shortstr' }],
  'connection.unblocked': [10, 61, none],
  'connection.update-secret': [10, 70, { secret: 'longstr', reason: 'shortstr' }],
  'connection.update-secret-ok': [10, 71, none],
  'channel.open': [20, 10, { reserved: 'shortstr' }],
  'channel.open-ok': [20, 11, { reserved: 'longstr' }],
  'channel.flow': [20, 20, { active: 'bit' }],
  'channel.flow-ok': [20, 21, { active: 'bit' }],
  'channel.close': [20, 40, close],
  'channel.close-ok': [20, 41, none],
  'exchange.declare': [40, 10, declareExchange],
  'exchange.declare-ok': [40, 11, none],
  'exchange.delete': [40, 20, { ticket: 'short', exchange: 'shortstr', ifUnused: 'bit', noWait: 'bit' }],
  'exchange.delete-ok': [40, 21, none],
  'exchange.bind': [40, 30, bindExchange],
  'exchange.unbind': [40, 40, bindExchange],
  'queue.declare': [50, 10, declareQueue],
  'queue.declare-ok': [50, 11, { queue: 'shortstr', messageCount: 'long', consumerCount: 'long' }],
  'queue.bind': [50, 20, bindQueue],
  'queue.bind-ok': [50, 21, none],
  'queue.purge': [50, 30, { ticket: 'short', queue: 'shortstr', noWait: 'bit' }],
  'queue.purge-ok': [50, 31, { messageCount: 'long' }],
  'queue.delete': [
    50,
    40,
    { ticket: 'short', queue: 'shortstr', ifUnused: 'bit', ifEmpty: 'bit', noWait: 'bit' },
  ],
  'queue.delete-ok': [50, 41, { messageCount: 'long' }],
  'queue.unbind': [50, 50, unbindQueue],
  'queue.unbind-ok': [50, 51, none],
  'basic.qos': [60, 10, { prefetchSize: 'long', prefetchCount: 'short', global: 'bit' }],
  'basic.qos-ok': [60, 11, none],
  'basic.consume': [60, 20, consume],
  'basic.consume-ok': [60, 21, { consumerTag: 'shortstr' }],
  'basic.cancel': [60, 30, { consumerTag: 'shortstr', noWait: 'bit' }],
  'basic.cancel-ok': [60, 31, { consumerTag: 'shortstr' }],
  'basic.publish': [
    60,
    40,
    { ticket: 'short', exchange: 'shortstr', routingKey: 'shortstr', mandatory: 'bit', immediate: 'bit' },
  ],
  'basic.return': [
    60,
    50,
    { replyCode: 'short', replyText: 'shortstr', exchange: 'shortstr', routingKey: 'shortstr' },
  ],
  'basic.deliver': [
    60,
    60,
    {
      consumerTag: 'shortstr',
      deliveryTag: 'longlong',
      redelivered: 'bit',
      exchange: 'shortstr',
      routingKey: 'shortstr',
    },
  ],
  'basic.get': [60, 70, { ticket: 'short', queue: 'shortstr', noAck: 'bit' }],
  'basic.get-ok': [
    60,
    71,
    {
      deliveryTag: 'longlong',
      redelivered: 'bit',
      exchange: 'shortstr',
      routingKey: 'shortstr',
      messageCount: 'long',
    },
  ],
  'basic.get-empty': [60, 72, { reserved: 'shortstr' }],
  'basic.ack': [60, 80, { deliveryTag: 'longlong', multiple: 'bit' }],
  'basic.reject': [60, 90, { deliveryTag: 'longlong', requeue: 'bit' }],
  'basic.recover-async': [60, 100, { requeue: 'bit' }],
  'basic.recover': [60, 110, { requeue: 'bit' }],
  'basic.recover-ok': [60, 111, none],
  'basic.nack': [60, 120, { deliveryTag: 'longlong', multiple: 'bit', requeue: 'bit' }],
  'confirm.select': [85, 10, { noWait: 'bit' }],
  'confirm.select-ok': [85, 11, none],
} as const satisfies Record<string, readonly [number, number, Record<string, keyof Kinds>]>;

export type MethodName = keyof typeof METHODS;

/** The arguments of a method by name, as its fields say. */
export type MethodArgs<N extends MethodName> = {
  -readonly [F in keyof (typeof METHODS)[N][2]]: (typeof METHODS)[N][2][F] extends keyof Kinds
    ? Kinds[(typeof METHODS)[N][2][F]]
    : never;
};

export type AnyMethod = { [N in MethodName]: { name: N; args: MethodArgs<N> } }[MethodName];

interface Layout {
  readonly name: MethodName;
  readonly id: number;
  readonly fields: readonly (readonly [string, keyof Kinds])[];
}

const LAYOUTS = new Map<MethodName, Layout>();
const BY_ID = new Map<number, Layout>();
for (const [key, [classId, methodId, fields]] of Object.entries(METHODS)) {
  const name = key as MethodName;
  const layout = { name, id: classId * 65536 + methodId, fields: Object.entries<keyof Kinds>(fields) };
  LAYOUTS.set(name, layout);
  BY_ID.set(layout.id, layout);
}

/** Class and method id, for the error replies that name the failing method. */
export function methodIds(name: MethodName): { classId: number; methodId: number } {
  const [classId, methodId] = METHODS[name];
  return { classId, methodId };
}

/** @throws ProtocolError NOT_IMPLEMENTED for an unknown method, FRAME_ERROR for one of another length than its fields. */
export function readMethod(reader: ByteReader): AnyMethod {
  const id = reader.u32();
  const layout = BY_ID.get(id);
  if (!layout) throw new ProtocolError('NOT_IMPLEMENTED', `no method ${id >>> 16}.${id & 0xffff}`);
  const args: Record<string, Kinds[keyof Kinds]> = {};
  let bits = 0;
  let bit = 8;
  for (const [field, kind] of layout.fields) {
    if (kind !== 'bit') {
      bit = 8;
      args[field] = readField(reader, kind);
      continue;
    }
    if (bit === 8) {
      bits = reader.u8();
      bit = 0;
    }
    args[field] = (bits & (1 << bit++)) !== 0;
  }
  if (reader.at !== reader.end) throw new ProtocolError('FRAME_ERROR', `bytes behind ${layout.name}`);
  return { name: layout.name, args } as unknown as AnyMethod;
}

function readField(reader: ByteReader, kind: Exclude<keyof Kinds, 'bit'>): Kinds[keyof Kinds] {
  switch (kind) {
    case 'octet':
      return reader.u8();
    case 'short':
      return reader.u16();
    case 'long':
      return reader.u32();
    case 'longlong':
      return reader.u64();
    case 'shortstr':
      return reader.shortString();
    case 'longstr':
      return reader.longString();
    case 'table':
      return readTable(reader);
  }
}

export function writeMethod<N extends MethodName>(writer: ByteWriter, name: N, args: MethodArgs<N>): void {
  const layout = LAYOUTS.get(name);
  if (!layout) return;
  const values = args as Record<string, Kinds[keyof Kinds]>;
  writer.u32(layout.id);
  let bits = -1;
  let bit = 0;
  for (const [field, kind] of layout.fields) {
    if (kind === 'bit') {
      // No method of the table has more than eight bits in a row.
      bits = Math.max(bits, 0) | (values[field] ? 1 << bit : 0);
      bit++;
      continue;
    }
    if (bits >= 0) writer.u8(bits);
    bits = -1;
    bit = 0;
    writeField(writer, kind, values[field]);
  }
  if (bits >= 0) writer.u8(bits);
}

function writeField(writer: ByteWriter, kind: keyof Kinds, value: Kinds[keyof Kinds] | undefined): void {
  if (kind === 'table') writeTable(writer, value as FieldTable);
  else if (kind === 'shortstr') writer.shortString(value as string);
  else if (kind === 'longstr') writer.longString((value as Buffer).toString('latin1'));
  else if (kind === 'octet') writer.u8(value as number);
  else if (kind === 'short') writer.u16(value as number);
  else if (kind === 'long') writer.u32(value as number);
  else writer.u64(value as number);
}
