// What becomes of a message that must not be lost: handled once, retried later, or kept for the operator.
import { AppError, toAppError } from '../errors/index.ts';
import type { Ending } from './handling.ts';
import type { Incoming, Outgoing, WaitingQueue } from './transport.ts';

/** Waits before the second, third, … attempt, in ms: six attempts in some thirteen minutes. */
export const defaultRetryDelays: readonly number[] = [1_000, 5_000, 30_000, 120_000, 600_000];

const rememberedIds = 10_000;
const publishDeadline = 30_000;

/** Headers that a retried or dead-lettered message carries. */
export const retryHeaders = {
  attempts: 'x-attempts',
  exchange: 'x-first-exchange',
  routingKey: 'x-first-routing-key',
  code: 'x-error-code',
  reason: 'x-error-message',
  failedAt: 'x-failed-at',
} as const;

/** The queue that keeps what was given up. */
export const deadLetterQueue = (queue: string): string => `${queue}.dead`;
const retryQueue = (queue: string, delay: number): string => `${queue}.retry.${delay}`;

/** The queues beside a durable one: per delay one whose messages come back when their time is up, and the dead letters. */
export function queuesBeside(queue: string, delays: readonly number[]): readonly WaitingQueue[] {
  return [
    ...delays.map((delay) => ({ name: retryQueue(queue, delay), ttl: delay, goesTo: queue })),
    { name: deadLetterQueue(queue) },
  ];
}

export type Fate = 'handled' | 'retried' | 'deadLettered';

/**
 * Where a message goes after its handler has ended. Publish first, acknowledge after: a crash between the two
 * makes a duplicate, never a loss.
 */
export function whatNext(
  queue: string,
  delays: readonly number[],
  incoming: Incoming,
  messageId: string,
  ending: Ending,
): { readonly fate: Fate; readonly outgoing?: Outgoing } {
  if (ending.end === 'done') return { fate: 'handled' };
  const error = toAppError(ending.error);
  const attempts = attemptsOf(incoming) + 1;
  const delay = delays[attempts - 1];
  const again = isRetryable(ending.error) && delay !== undefined;
  const outgoing: Outgoing = {
    exchange: '',
    key: again ? retryQueue(queue, delay) : deadLetterQueue(queue),
    body: incoming.body,
    messageId,
    correlationId: incoming.correlationId,
    replyTo: incoming.replyTo,
    persistent: true,
    confirm: true,
    mandatory: true,
    deadline: Date.now() + publishDeadline,
    headers: {
      ...incoming.headers,
      [retryHeaders.attempts]: attempts,
      [retryHeaders.exchange]: originOf(incoming).exchange,
      [retryHeaders.routingKey]: originOf(incoming).routingKey,
      [retryHeaders.code]: error.code,
      [retryHeaders.reason]: error.message.slice(0, 1_000),
      [retryHeaders.failedAt]: new Date().toISOString(),
    },
  };
  return { fate: again ? 'retried' : 'deadLettered', outgoing };
}

/** An error that is not ours may be a passing one; ours says so itself. */
function isRetryable(problem: unknown): boolean {
  return !(problem instanceof AppError) || problem.retryable;
}

/** How often a message has failed before. */
export function attemptsOf({ headers }: Incoming): number {
  const attempts = headers[retryHeaders.attempts];
  return typeof attempts === 'number' && attempts > 0 ? attempts : 0;
}

/** Where the message was first published: a retried one comes by the default exchange. */
export function originOf({ headers, exchange, routingKey }: Incoming) {
  const first = headers[retryHeaders.exchange];
  if (typeof first !== 'string') return { exchange, routingKey };
  return { exchange: first, routingKey: String(headers[retryHeaders.routingKey] ?? routingKey) };
}

/** Remembers the last ids that were handled, to know a duplicate. */
export function createMemory(limit = rememberedIds) {
  const ids = new Set<string>();
  return {
    has: (id: string): boolean => ids.has(id),
    add: (id: string): void => {
      ids.add(id);
      if (ids.size > limit) ids.delete(ids.values().next().value as string);
    },
  };
}
