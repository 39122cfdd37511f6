// Legs as spans: the caller's leg is the root of its call's trace, every other leg a child of it.
import { randomBytes } from 'node:crypto';
import { recordSpan, type TraceContext, traceOfCall } from '../../core/trace/index.ts';
import type { Channel } from './channel.ts';
import type { SwitchEvent } from './freeswitch/index.ts';

/** The trace of a leg's conversation: the same for all its legs and in every process. */
export const traceOf = (channel: Channel): TraceContext =>
  traceOfCall(channel.get('Call-Interaction-ID') ?? channel.callId);

/** Sends the span of a leg that has ended. */
export function recordLeg(channel: Channel, event: SwitchEvent): void {
  const root = traceOf(channel);
  const isRoot = channel.claimed && channel.bySip && channel.direction === 'inbound';
  const cause = event['Hangup-Cause'] ?? '';
  recordSpan(isRoot ? 'call' : `leg ${channel.direction}`, {
    ...(isRoot
      ? { trace: root }
      : { trace: { ...root, spanId: randomBytes(8).toString('hex') }, parent: root }),
    start: channel.createdAt,
    end: Date.now(),
    attributes: {
      'mirliton.call_id': channel.callId,
      'mirliton.account_id': channel.get('Account-ID') ?? '',
      'mirliton.direction': channel.direction,
      'mirliton.destination': channel.destination,
      'mirliton.answered': channel.answered,
      'mirliton.hangup_cause': cause,
    },
  });
}
