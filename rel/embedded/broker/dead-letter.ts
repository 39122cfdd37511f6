// What becomes of a message that a queue gives up: the same message with its story in the x-death header.
import {
  decodeValue,
  encodeValue,
  type FieldTable,
  type FieldValue,
  joinTable,
  splitTable,
} from './codec/fields.ts';
import { joinProperties, splitProperties } from './codec/properties.ts';
import type { Message } from './message.ts';

export type DeathReason = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit';

export interface DeadLetter {
  readonly message: Message;
  /** Most recent first, as in the header. */
  readonly deaths: readonly FieldTable[];
  readonly reason: DeathReason;
}

/** Builds the message for the dead-letter exchange; every header that is not about death stays as it was encoded. */
export function toDeadLetter(
  message: Message,
  queue: string,
  reason: DeathReason,
  target: { exchange: string; routingKey: string | undefined },
): DeadLetter {
  const parts = splitProperties(message.properties);
  const encodedHeaders = parts.get('headers');
  const headers = encodedHeaders ? splitTable(encodedHeaders) : new Map<string, Buffer>();
  const isFirst = !headers.has('x-death');
  const deaths = addDeath(readDeaths(headers.get('x-death')), message, queue, reason);
  headers.set('x-death', encodeValue([...deaths]));
  if (isFirst) {
    headers.set('x-first-death-exchange', encodeValue(message.exchange));
    headers.set('x-first-death-queue', encodeValue(queue));
    headers.set('x-first-death-reason', encodeValue(reason));
  }
  parts.set('headers', joinTable(headers));
  // It would expire again where it is meant to be kept.
  parts.delete('expiration');
  const { expiration: _, ...active } = message.active;
  return {
    message: {
      exchange: target.exchange,
      routingKey: target.routingKey ?? message.routingKey,
      properties: joinProperties(parts),
      active,
      body: message.body,
    },
    deaths,
    reason,
  };
}

/** True when the message has come back to `queue` without any consumer having rejected it on the way. */
export function isCycle({ deaths, reason }: DeadLetter, queue: string): boolean {
  if (reason === 'rejected') return false;
  const last = deaths.findIndex((death) => death['queue'] === queue);
  return last >= 0 && deaths.slice(0, last + 1).every((death) => death['reason'] !== 'rejected');
}

function readDeaths(encoded: Buffer | undefined): FieldTable[] {
  const value = encoded ? decodeValue(encoded) : [];
  return Array.isArray(value) ? value.filter(isTable) : [];
}

function isTable(value: FieldValue): value is FieldTable {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}

function addDeath(deaths: FieldTable[], message: Message, queue: string, reason: DeathReason): FieldTable[] {
  const before = deaths.find((death) => death['queue'] === queue && death['reason'] === reason);
  const others = deaths.filter((death) => death !== before);
  if (before) return [{ ...before, count: Number(before['count'] ?? 0) + 1 }, ...others];
  const { expiration } = message.active;
  return [
    {
      count: 1,
      reason,
      queue,
      time: new Date(),
      exchange: message.exchange,
      'routing-keys': [message.routingKey],
      ...(expiration !== undefined && { 'original-expiration': expiration }),
    },
    ...others,
  ];
}
