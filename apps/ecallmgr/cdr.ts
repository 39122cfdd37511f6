// The record of a leg, published once when the leg ends (contract/kapi.md, kapi_cdr).
import { setTimeout as wait } from 'node:timers/promises';
import type { Bus } from '../../core/amqp/index.ts';
import type { MessageFields } from '../../core/contract/index.ts';
import { AppError, hasCode } from '../../core/errors/index.ts';
import type { Logger } from '../../core/log/index.ts';
import { cdrReport } from '../../core/messages/cdr.ts';
import type { Channel } from './channel.ts';
import { commonFields, type EventContext, endFields, timestampOf } from './events/index.ts';
import { type SwitchEvent, variable } from './freeswitch/index.ts';
import { Recent } from './recent.ts';

/** The report of a leg from its CHANNEL_DESTROY. A leg without an account is filed under `anonymous`. */
export function cdrOf(
  channel: Channel,
  event: SwitchEvent,
  context: EventContext,
): MessageFields<typeof cdrReport> {
  const { 'To-Uri': toUri, 'From-Uri': fromUri, ...common } = commonFields(event, context);
  return {
    ...common,
    ...endFields(event),
    Timestamp: endedAt(event),
    'Account-ID': channel.get('Account-ID') ?? 'anonymous',
    'Call-Direction': channel.direction,
    'Caller-Context': event['Caller-Context'],
    'Caller-Dialplan': event['Caller-Dialplan'],
    'Other-Leg-Call-ID': channel.otherLeg,
    'Interaction-ID': channel.get('Call-Interaction-ID'),
    'Originating-Leg-UUID': variable(event, 'originating_leg_uuid') ?? variable(event, 'originator'),
    'To-URI': toUri,
    'From-URI': fromUri,
  };
}

/** Its month is that of the record: whoever tells the end, and whenever, must come to the same one. */
const endedAt = (event: SwitchEvent): number =>
  timestampOf({
    ...event,
    'Event-Date-Timestamp': variable(event, 'end_uepoch') ?? event['Event-Date-Timestamp'] ?? '',
  });

// In a zone where nobody stores CDRs they must not fill the memory.
const mostWaiting = 20_000;

type Report = MessageFields<typeof cdrReport>;

/**
 * Publishes reports until the broker has each in a queue: while it is away, or has no such queue, they wait here. Should this
 * process die meanwhile, the ends of the legs still stand on the switch (survival/ends.ts).
 */
export interface CdrOutbox {
  /** `onDone` is told when there is nothing left to do for this report. */
  send(report: Report, onDone: () => void): void;
  /** Whether the report of this leg waits here, or was done with a while ago. */
  find(callId: string): 'waiting' | 'done' | undefined;
  readonly waiting: number;
  /** Resolves when the broker has all, or when aborted. */
  idle(signal: AbortSignal): Promise<void>;
  stop(): void;
}

export function createCdrOutbox(bus: Bus, log: Logger, retryAfter = 5_000): CdrOutbox {
  const waiting = new Map<string, { readonly report: Report; readonly onDone: () => void }>();
  const done = new Recent(10_000);
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  const end = (report: Report, error?: unknown): void => {
    const entry = waiting.get(report['Call-ID']);
    waiting.delete(report['Call-ID']);
    done.add(report['Call-ID']);
    if (error !== undefined) log.error('a CDR is lost', { callId: report['Call-ID'], report, error });
    entry?.onDone();
  };
  const attempt = async (report: Report, again = false): Promise<void> => {
    if (!waiting.has(report['Call-ID'])) return;
    try {
      // The same Msg-ID for every attempt, so that a consumer knows the second of two.
      const messageId = `cdr-${report['Call-ID']}`;
      await bus.publish(cdrReport, report, { durable: true, mandatory: true, messageId });
      end(report);
    } catch (error) {
      if (hasCode(error, 'invalid_message')) return end(report, error);
      if (stopped) return;
      if (!again) log.warn('a CDR waits for the broker', { callId: report['Call-ID'], error });
      const timer = setTimeout(() => {
        timers.delete(timer);
        void attempt(report, true);
      }, retryAfter);
      timers.add(timer);
    }
  };
  return {
    send: (report, onDone) => {
      waiting.set(report['Call-ID'], { report, onDone });
      const [oldest] = waiting.values();
      if (waiting.size > mostWaiting && oldest)
        end(
          oldest.report,
          new AppError('unspecified_fault', { message: `more than ${mostWaiting} CDRs wait` }),
        );
      void attempt(report);
    },
    find: (callId) => (waiting.has(callId) ? 'waiting' : done.has(callId) ? 'done' : undefined),
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
        log.warn('CDRs were not delivered before the end: whoever looks at the switch next tells them', {
          callIds: [...waiting.keys()],
        });
    },
  };
}
