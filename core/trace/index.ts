// What others may import of core/trace.
export { traceOfCall } from './call.ts';
export {
  currentTrace,
  currentTraceparent,
  formatTraceparent,
  parseTraceparent,
  type TraceContext,
  withTrace,
} from './context.ts';
export { inSpan, inTrace, recordSpan, type SpanOptions, startTracing, traceEnvironment } from './tracing.ts';
