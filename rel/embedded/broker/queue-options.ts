// The x-arguments of queue.declare: checked, and compared when a queue is declared again.
import type { FieldTable, FieldValue } from './codec/fields.ts';
import { ProtocolError } from './protocol-error.ts';

export interface QueueOptions {
  /** Milliseconds a message may wait. */
  readonly messageTtl?: number;
  /** Milliseconds the queue may be unused before it is deleted. */
  readonly expires?: number;
  readonly maxLength: number;
  readonly maxBytes: number;
  readonly rejectOverflow: boolean;
  readonly deadLetterExchange?: string;
  readonly deadLetterKey?: string;
  readonly maxPriority: number;
  /** How often a message may come back before it is given up. */
  readonly deliveryLimit: number;
}

const COMPARED = [
  'x-expires',
  'x-message-ttl',
  'x-max-length',
  'x-max-length-bytes',
  'x-overflow',
  'x-dead-letter-exchange',
  'x-dead-letter-routing-key',
  'x-max-priority',
  'x-queue-type',
  'x-delivery-limit',
];
/** What RabbitMQ knows and this broker does not: refused, because to ignore it would promise what is not done. */
const REFUSED = ['x-single-active-consumer', 'x-queue-master-locator', 'x-quorum-initial-group-size'];
const MAX_PRIORITY = 255;

/** @throws ProtocolError PRECONDITION_FAILED for a value RabbitMQ refuses, NOT_IMPLEMENTED for what is not here. */
export function readQueueOptions(queue: string, args: FieldTable): QueueOptions {
  const invalid = (key: string, reason: string) =>
    new ProtocolError(
      'PRECONDITION_FAILED',
      `invalid arg '${key}' for queue '${queue}' in vhost '/': ${reason}`,
    );
  const integer = (key: string, min = 0, max = Number.MAX_SAFE_INTEGER): number | undefined => {
    const value = args[key];
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value))
      throw invalid(key, `expected integer, got ${typeOf(value)}`);
    if (value < min) throw invalid(key, value < 0 ? `{value_negative,${value}}` : `{value_zero,${value}}`);
    if (value > max) throw invalid(key, `{max_value_exceeded,${value}}`);
    return value;
  };
  const text = (key: string): string | undefined => {
    const value = args[key];
    if (value === undefined || typeof value === 'string') return value;
    throw invalid(key, `invalid type '${typeOf(value)}'`);
  };
  refuseUnknownFeatures(args, invalid);
  const overflow = text('x-overflow') ?? 'drop-head';
  if (overflow !== 'drop-head' && overflow !== 'reject-publish')
    throw invalid('x-overflow', 'invalid_overflow');
  const deadLetterExchange = text('x-dead-letter-exchange');
  const deadLetterKey = text('x-dead-letter-routing-key');
  if (deadLetterKey !== undefined && deadLetterExchange === undefined) {
    throw invalid('x-dead-letter-routing-key', 'routing_key_but_no_dlx_defined');
  }
  const messageTtl = integer('x-message-ttl');
  const expires = integer('x-expires', 1);
  return {
    ...(messageTtl !== undefined && { messageTtl }),
    ...(expires !== undefined && { expires }),
    maxLength: integer('x-max-length') ?? Number.POSITIVE_INFINITY,
    maxBytes: integer('x-max-length-bytes') ?? Number.POSITIVE_INFINITY,
    rejectOverflow: overflow === 'reject-publish',
    ...(deadLetterExchange !== undefined && { deadLetterExchange }),
    ...(deadLetterKey !== undefined && { deadLetterKey }),
    deliveryLimit: integer('x-delivery-limit') ?? Number.POSITIVE_INFINITY,
    maxPriority: integer('x-max-priority', 0, MAX_PRIORITY) ?? 0,
  };
}

function refuseUnknownFeatures(
  args: FieldTable,
  invalid: (key: string, reason: string) => ProtocolError,
): void {
  const type = args['x-queue-type'];
  if (type === 'stream')
    throw new ProtocolError('NOT_IMPLEMENTED', 'x-queue-type stream: not in this broker');
  // A quorum of one keeps what a durable queue keeps.
  if (type !== undefined && type !== 'classic' && type !== 'quorum')
    throw invalid('x-queue-type', `unsupported queue type '${String(type)}'`);
  for (const key of REFUSED) {
    if (args[key] !== undefined && args[key] !== false)
      throw new ProtocolError('NOT_IMPLEMENTED', `queue argument ${key}`);
  }
}

/** @throws ProtocolError PRECONDITION_FAILED when a second declaration asks for anything else than the first. */
export function assertSameArguments(queue: string, received: FieldTable, current: FieldTable): void {
  for (const key of COMPARED) {
    const [now, was] = [received[key], current[key]];
    if (now === was) continue;
    throw new ProtocolError(
      'PRECONDITION_FAILED',
      `inequivalent arg '${key}' for queue '${queue}' in vhost '/': received ${describe(now)} but current is ${describe(was)}`,
    );
  }
}

function describe(value: FieldValue | undefined): string {
  return value === undefined ? 'none' : `the value '${String(value)}' of type '${typeOf(value)}'`;
}

function typeOf(value: FieldValue): string {
  if (typeof value === 'string') return 'longstr';
  return typeof value === 'number' && Number.isInteger(value) ? 'signedint' : typeof value;
}
