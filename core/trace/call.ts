// The trace of a call: its ids follow from the Call-Interaction-ID, so that every process, also one that took the call over, knows them.
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { TraceContext } from './context.ts';
import { isSampled } from './tracing.ts';

/** Asked for with every event of a leg. */
const traceIds = new LRUCache<string, string>({ max: 2_000 });

/** The root span of the conversation with this Call-Interaction-ID (or Call-ID, where there is none yet). */
export function traceOfCall(interactionId: string): TraceContext {
  const digest = traceIds.get(interactionId) ?? createHash('sha256').update(interactionId).digest('hex');
  traceIds.set(interactionId, digest);
  const traceId = digest.slice(0, 32);
  return { traceId, spanId: digest.slice(32, 48), sampled: isSampled(traceId) };
}
