// W3C trace context (Level 1): the trace that the work at hand belongs to, carried along by AsyncLocalStorage.
import { AsyncLocalStorage } from 'node:async_hooks';

/** One span of one trace, as `traceparent` names it. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

const traces = new AsyncLocalStorage<TraceContext>();
const shape = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})/;

/** The trace that a `traceparent` names; undefined for anything that is not well formed, as W3C asks. */
export function parseTraceparent(header: unknown): TraceContext | undefined {
  const [, traceId, spanId, flags] = (typeof header === 'string' && shape.exec(header)) || [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The `traceparent` of a span. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** Runs `work` as a part of this trace; without one `work` stays in the trace at hand. */
export function withTrace<T>(trace: TraceContext | undefined, work: () => T): T {
  return trace === undefined ? work() : traces.run(trace, work);
}

/** The trace at hand. */
export function currentTrace(): TraceContext | undefined {
  return traces.getStore();
}

/** The `traceparent` to send along with what the work at hand sends. */
export function currentTraceparent(): string | undefined {
  const trace = traces.getStore();
  return trace && formatTraceparent(trace);
}
