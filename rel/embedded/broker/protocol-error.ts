// The ways a client can go wrong, as AMQP 0-9-1 reply codes; the scope says what the broker closes.
import type { MethodName } from './codec/methods.ts';

const REPLY = {
  ACCESS_REFUSED: 403,
  NOT_FOUND: 404,
  RESOURCE_LOCKED: 405,
  PRECONDITION_FAILED: 406,
  CONNECTION_FORCED: 320,
  FRAME_ERROR: 501,
  SYNTAX_ERROR: 502,
  COMMAND_INVALID: 503,
  CHANNEL_ERROR: 504,
  UNEXPECTED_FRAME: 505,
  NOT_ALLOWED: 530,
  NOT_IMPLEMENTED: 540,
  INTERNAL_ERROR: 541,
} as const;

export type ReplyName = keyof typeof REPLY;

/** "Soft errors" of the specification close the channel, all others the connection. */
const CHANNEL_SCOPED: ReadonlySet<ReplyName> = new Set([
  'ACCESS_REFUSED',
  'NOT_FOUND',
  'RESOURCE_LOCKED',
  'PRECONDITION_FAILED',
]);

/**
 * Thrown anywhere below a connection; the connection answers with channel.close or connection.close.
 * `message` is the reply text in RabbitMQ's form, `NAME - detail`.
 */
export class ProtocolError extends Error {
  readonly code: number;
  readonly scope: 'channel' | 'connection';
  /** The method that failed, where it is known: the reply names it. */
  method: MethodName | undefined;

  constructor(name: ReplyName, detail: string, scope?: 'channel' | 'connection') {
    super(`${name} - ${detail}`);
    this.name = 'ProtocolError';
    this.code = REPLY[name];
    this.scope = scope ?? (CHANNEL_SCOPED.has(name) ? 'channel' : 'connection');
  }
}
