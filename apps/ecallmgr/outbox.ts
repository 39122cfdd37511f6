// What must not be lost while the broker is away: records of legs and ends of recordings wait here until the broker has them.
import { setTimeout as wait } from 'node:timers/promises';
import type { Bus } from '../../core/amqp/index.ts';
import type { AnyMessage, MessageFields } from '../../core/contract/index.ts';
import { AppError, hasCode } from '../../core/errors/index.ts';
import type { Logger } from '../../core/log/index.ts';
import { Recent } from './recent.ts';

// In a zone where nobody stores them they must not fill the memory.
const mostWaiting = 20_000;

export interface OutboxOptions {
  /** Msg-ID, the same at every attempt, so that a consumer knows the second of two. */
  readonly id: string;
  /** It waits for somebody who listens, too. */
  readonly mandatory?: boolean;
  /** Told when there is nothing left to do for it. */
  readonly onDone?: () => void;
}

interface Entry extends OutboxOptions {
  readonly contract: AnyMessage;
  readonly fields: MessageFields<AnyMessage>;
}

/**
 * Publishes until the broker has each in a queue: while it is away, or has no such queue, they wait here. Should this process
 * die meanwhile, the ends of the legs still stand on the switch (survival/ends.ts).
 */
export interface Outbox {
  send<M extends AnyMessage>(contract: M, fields: MessageFields<M>, options: OutboxOptions): void;
  /** Whether the message of this id waits here, or was done with a while ago. */
  find(id: string): 'waiting' | 'done' | undefined;
  readonly waiting: number;
  /** Resolves when the broker has all, or when aborted. */
  idle(signal: AbortSignal): Promise<void>;
  stop(): void;
}

export function createOutbox(bus: Bus, log: Logger, retryAfter = 5_000): Outbox {
  const waiting = new Map<string, Entry>();
  const done = new Recent(10_000);
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  const end = ({ id, fields, onDone }: Entry, error?: unknown): void => {
    waiting.delete(id);
    done.add(id);
    if (error !== undefined) log.error('a message is lost', { id, fields, error });
    onDone?.();
  };
  const attempt = async (entry: Entry, again = false): Promise<void> => {
    const { id, contract, fields, mandatory = false } = entry;
    if (!waiting.has(id)) return;
    try {
      await bus.publish(contract, fields, { durable: true, mandatory, messageId: id });
      end(entry);
    } catch (error) {
      if (hasCode(error, 'invalid_message')) return end(entry, error);
      if (stopped) return;
      if (!again) log.warn('a message waits for the broker', { id, callId: fields['Call-ID'], error });
      const timer = setTimeout(() => {
        timers.delete(timer);
        void attempt(entry, true);
      }, retryAfter);
      timers.add(timer);
    }
  };
  return {
    send: (contract, fields, options) => {
      const entry = { ...options, contract, fields: fields as MessageFields<AnyMessage> };
      waiting.set(options.id, entry);
      const [oldest] = waiting.values();
      if (waiting.size > mostWaiting && oldest)
        end(oldest, new AppError('unspecified_fault', { message: `more than ${mostWaiting} messages wait` }));
      void attempt(entry);
    },
    find: (id) => (waiting.has(id) ? 'waiting' : done.has(id) ? 'done' : undefined),
    get waiting() {
      return waiting.size;
    },
    idle: async (signal) => {
      while (waiting.size > 0 && !signal.aborted)
        await wait(100, undefined, { signal }).catch(() => undefined);
    },
    stop: () => {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      if (waiting.size > 0)
        log.warn(
          'messages were not delivered before the end: whoever looks at the switch next tells of legs',
          {
            ids: [...waiting.keys()],
          },
        );
    },
  };
}
