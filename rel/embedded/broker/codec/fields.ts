// Field tables: headers, arguments, and the records of the journal. RabbitMQ's type letters (its errata), not the 0-9-1 text's.
import { ProtocolError } from '../protocol-error.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

export type FieldValue =
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | Date
  | null
  | FieldTable
  | FieldValue[];

export interface FieldTable {
  [key: string]: FieldValue;
}

/** Nesting that no client needs, and that must not exhaust the stack. */
const DEPTH_LIMIT = 64;
const FIXED_SIZE: Record<string, number> = {
  t: 1,
  b: 1,
  B: 1,
  s: 2,
  u: 2,
  I: 4,
  i: 4,
  f: 4,
  D: 5,
  l: 8,
  L: 8,
  d: 8,
  T: 8,
  V: 0,
};

export function readTable(from: ByteReader, depth = 0): FieldTable {
  const reader = from.inner(from.u32());
  // Without a prototype: `__proto__` from the network is a key like any other.
  const table: FieldTable = Object.create(null);
  while (reader.at < reader.end) table[reader.shortString()] = readValue(reader, depth + 1);
  return table;
}

function readValue(reader: ByteReader, depth: number): FieldValue {
  const type = readType(reader, depth);
  const { buffer } = reader;
  switch (type) {
    case 'S':
      return reader.longString().toString('latin1');
    case 'x':
      return reader.longString();
    case 'F':
      return readTable(reader, depth);
    case 'A': {
      const items = reader.inner(reader.u32());
      const list: FieldValue[] = [];
      while (items.at < items.end) list.push(readValue(items, depth + 1));
      return list;
    }
    default:
      return readFixed(type, buffer, reader.skip(FIXED_SIZE[type] ?? 0));
  }
}

function readFixed(type: string, buffer: Buffer, at: number): FieldValue {
  switch (type) {
    case 't':
      return buffer.readUInt8(at) !== 0;
    case 'b':
      return buffer.readInt8(at);
    case 'B':
      return buffer.readUInt8(at);
    case 's':
      return buffer.readInt16BE(at);
    case 'u':
      return buffer.readUInt16BE(at);
    case 'I':
      return buffer.readInt32BE(at);
    case 'i':
      return buffer.readUInt32BE(at);
    case 'f':
      return buffer.readFloatBE(at);
    case 'd':
      return buffer.readDoubleBE(at);
    case 'D':
      return buffer.readInt32BE(at + 1) / 10 ** buffer.readUInt8(at);
    case 'T':
      return new Date(Number(buffer.readBigUInt64BE(at)) * 1000);
    case 'V':
      return null;
    default: {
      const long = buffer.readBigInt64BE(at);
      return Number.isSafeInteger(Number(long)) ? Number(long) : long;
    }
  }
}

function readType(reader: ByteReader, depth: number): string {
  const type = String.fromCharCode(reader.u8());
  if (depth > DEPTH_LIMIT) throw new ProtocolError('SYNTAX_ERROR', `table nested over ${DEPTH_LIMIT} deep`);
  if (!(type in FIXED_SIZE) && !'SxFA'.includes(type)) {
    throw new ProtocolError('SYNTAX_ERROR', `unknown field type '${type}' in a table`);
  }
  return type;
}

/** Moves past a table and checks its form without building it: what is passed on must not break a consumer. */
export function checkTable(from: ByteReader): void {
  const reader = from.inner(from.u32());
  while (reader.at < reader.end) {
    reader.skip(reader.u8());
    checkValue(reader, 1);
  }
}

function checkValue(reader: ByteReader, depth: number): void {
  const type = readType(reader, depth);
  const fixed = FIXED_SIZE[type];
  if (fixed !== undefined) {
    reader.skip(fixed);
    return;
  }
  const inner = reader.inner(reader.u32());
  if (type === 'S' || type === 'x') return;
  while (inner.at < inner.end) {
    if (type === 'F') inner.skip(inner.u8());
    checkValue(inner, depth + 1);
  }
}

/** The entries of an encoded table, each value as it stands (type letter included), so that it can be kept unchanged. */
export function splitTable(table: Buffer): Map<string, Buffer> {
  const outer = new ByteReader(table);
  const reader = outer.inner(outer.u32());
  const entries = new Map<string, Buffer>();
  while (reader.at < reader.end) {
    const key = reader.shortString();
    const start = reader.at;
    checkValue(reader, 1);
    entries.set(key, table.subarray(start, reader.at));
  }
  return entries;
}

/** The opposite of splitTable. */
export function joinTable(entries: ReadonlyMap<string, Buffer>): Buffer {
  const writer = new ByteWriter();
  writer.sized(() => {
    for (const [key, value] of entries) {
      writer.shortString(key);
      writer.bytes(value);
    }
  });
  return writer.take();
}

export function decodeValue(encoded: Buffer): FieldValue {
  return readValue(new ByteReader(encoded), 1);
}

export function encodeValue(value: FieldValue): Buffer {
  const writer = new ByteWriter();
  writeValue(writer, value);
  return writer.take();
}

export function writeTable(writer: ByteWriter, table: FieldTable): void {
  writer.sized(() => {
    for (const [key, value] of Object.entries(table)) {
      writer.shortString(key);
      writeValue(writer, value);
    }
  });
}

function writeValue(writer: ByteWriter, value: FieldValue): void {
  const type = typeOf(value);
  writer.u8(type.charCodeAt(0));
  if (typeof value === 'string') writer.longString(value);
  else if (typeof value === 'boolean') writer.u8(value ? 1 : 0);
  else if (typeof value === 'bigint') writer.i64(value);
  else if (typeof value === 'number') writeNumber(writer, type, value);
  else if (value instanceof Date) writer.u64(Math.floor(value.getTime() / 1000));
  else if (Buffer.isBuffer(value)) writer.sized(() => writer.bytes(value));
  else if (Array.isArray(value)) writer.sized(() => value.forEach((item) => void writeValue(writer, item)));
  else if (value !== null) writeTable(writer, value);
}

function writeNumber(writer: ByteWriter, type: string, value: number): void {
  if (type === 'I') writer.i32(value);
  else if (type === 'l') writer.i64(BigInt(value));
  else writer.double(value);
}

function typeOf(value: FieldValue): string {
  if (value === null) return 'V';
  if (typeof value === 'string') return 'S';
  if (typeof value === 'boolean') return 't';
  if (typeof value === 'bigint') return 'l';
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? (value === (value | 0) ? 'I' : 'l') : 'd';
  if (value instanceof Date) return 'T';
  if (Buffer.isBuffer(value)) return 'x';
  return Array.isArray(value) ? 'A' : 'F';
}
