// Message properties: kept as the publisher encoded them; only what a broker acts on is looked at.
import { ProtocolError } from '../protocol-error.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { checkTable } from './fields.ts';

/** In the order of the wire; the first is flag bit 15. */
const PROPERTIES = [
  ['contentType', 'shortstr'],
  ['contentEncoding', 'shortstr'],
  ['headers', 'table'],
  ['deliveryMode', 'octet'],
  ['priority', 'octet'],
  ['correlationId', 'shortstr'],
  ['replyTo', 'shortstr'],
  ['expiration', 'shortstr'],
  ['messageId', 'shortstr'],
  ['timestamp', 'longlong'],
  ['type', 'shortstr'],
  ['userId', 'shortstr'],
  ['appId', 'shortstr'],
  ['clusterId', 'shortstr'],
] as const;

export type PropertyName = (typeof PROPERTIES)[number][0];

/** What the broker itself reads. */
export interface ActiveProperties {
  persistent: boolean;
  priority: number;
  replyTo?: string;
  expiration?: string;
  userId?: string;
}

/** Flags and values as they stand on the wire; absent properties are absent. */
export type EncodedProperties = Map<PropertyName, Buffer>;

/**
 * Checks the form of the encoded properties and reads those that matter to a broker.
 * @throws ProtocolError FRAME_ERROR or SYNTAX_ERROR for anything that a consumer could not decode.
 */
export function readActive(encoded: Buffer): ActiveProperties {
  const active: ActiveProperties = { persistent: false, priority: 0 };
  walk(encoded, (name, start, end) => {
    if (name === 'deliveryMode') active.persistent = encoded[start] === 2;
    else if (name === 'priority') active.priority = encoded[start] ?? 0;
    else if (name === 'replyTo' || name === 'expiration' || name === 'userId') {
      active[name] = encoded.toString('latin1', start + 1, end);
    }
  });
  return active;
}

export function splitProperties(encoded: Buffer): EncodedProperties {
  const parts: EncodedProperties = new Map();
  walk(encoded, (name, start, end) => parts.set(name, encoded.subarray(start, end)));
  return parts;
}

export function joinProperties(parts: EncodedProperties): Buffer {
  const writer = new ByteWriter();
  writer.u16(
    PROPERTIES.reduce((flags, [name], index) => (parts.has(name) ? flags | (1 << (15 - index)) : flags), 0),
  );
  for (const [name] of PROPERTIES) {
    const part = parts.get(name);
    if (part) writer.bytes(part);
  }
  return writer.take();
}

export function encodeShortString(value: string): Buffer {
  const writer = new ByteWriter(value.length + 1);
  writer.shortString(value);
  return writer.take();
}

function walk(encoded: Buffer, visit: (name: PropertyName, start: number, end: number) => void): void {
  const reader = new ByteReader(encoded);
  const flags = reader.u16();
  if (flags & 0b11) throw new ProtocolError('SYNTAX_ERROR', 'property flags beyond cluster-id');
  for (let index = 0; index < PROPERTIES.length; index++) {
    const property = PROPERTIES[index];
    if (!property || !(flags & (1 << (15 - index)))) continue;
    const [name, kind] = property;
    const start = reader.at;
    if (kind === 'shortstr') reader.skip(reader.u8());
    else if (kind === 'octet') reader.skip(1);
    else if (kind === 'longlong') reader.skip(8);
    else checkTable(reader);
    visit(name, start, reader.at);
  }
  if (reader.at !== reader.end) throw new ProtocolError('SYNTAX_ERROR', 'bytes behind the last property');
}
