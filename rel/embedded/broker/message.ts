// A message as published, and its place in one queue.
import type { ActiveProperties } from './codec/properties.ts';

export interface Message {
  readonly exchange: string;
  readonly routingKey: string;
  /** Flags and values, passed on to consumers byte for byte. */
  readonly properties: Buffer;
  readonly active: ActiveProperties;
  readonly body: Buffer;
}

export interface Entry {
  readonly message: Message;
  /** Position in the queue, kept when the entry is requeued. */
  readonly sequence: number;
  /** Milliseconds since the epoch; 0 for never. */
  readonly expiresAt: number;
  /** Stands in the journal. */
  readonly journaled: boolean;
  redelivered: boolean;
  /** How often it was put back. */
  returns: number;
}

/** About what an entry costs beside its bytes. */
const ENTRY_COST = 200;

export function sizeOf({ properties, body }: Message): number {
  return ENTRY_COST + properties.length + body.length;
}
