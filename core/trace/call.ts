// The trace of a call: its ids follow from the Call-Interaction-ID, so that every process, also one that took the call over, knows them.
import { createHash } from 'node:crypto';
import type { TraceContext } from './context.ts';
import { isSampled } from './tracing.ts';

/** The root span of the conversation with this Call-Interaction-ID (or Call-ID, where there is none yet). */
export function traceOfCall(interactionId: string): TraceContext {
  const digest = createHash('sha256').update(interactionId).digest('hex');
  const traceId = digest.slice(0, 32);
  return { traceId, spanId: digest.slice(32, 48), sampled: isSampled(traceId) };
}
