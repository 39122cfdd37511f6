// The record of a leg, published once when the leg ends (contract/kapi.md, kapi_cdr).
import { setTimeout as wait } from 'node:timers/promises';
import type { Bus } from '../../core/amqp/index.ts';
import type { MessageFields } from '../../core/contract/index.ts';
import { hasCode } from '../../core/errors/index.ts';
import type { Logger } from '../../core/log/index.ts';
import { cdrReport } from '../../core/messages/cdr.ts';
import type { Channel } from './channel.ts';
import { commonFields, type EventContext, endFields } from './events/index.ts';
import { type SwitchEvent, variable } from './freeswitch/index.ts';

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

const retryAfter = 5_000;

/** Publishes reports until the broker has each: while it is away they wait here. */
export interface CdrOutbox {
  send(report: MessageFields<typeof cdrReport>): void;
  readonly waiting: number;
  /** Resolves when the broker has all, or when aborted. */
  idle(signal: AbortSignal): Promise<void>;
  stop(): void;
}

export function createCdrOutbox(bus: Bus, log: Logger): CdrOutbox {
  const waiting = new Set<MessageFields<typeof cdrReport>>();
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  const attempt = async (report: MessageFields<typeof cdrReport>): Promise<void> => {
    try {
      // The same Msg-ID for every attempt, so that a consumer knows the second of two.
      await bus.publish(cdrReport, report, { durable: true, messageId: `cdr-${report['Call-ID']}` });
      waiting.delete(report);
    } catch (error) {
      if (hasCode(error, 'invalid_message') || stopped) {
        waiting.delete(report);
        log.error('a CDR is lost', { callId: report['Call-ID'], report, error });
        return;
      }
      log.warn('a CDR waits for the broker', { callId: report['Call-ID'], error });
      const timer = setTimeout(() => {
        timers.delete(timer);
        void attempt(report);
      }, retryAfter);
      timers.add(timer);
    }
  };
  return {
    send: (report) => {
      waiting.add(report);
      void attempt(report);
    },
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
      for (const report of waiting) log.error('a CDR was not delivered before the end', { report });
    },
  };
}
