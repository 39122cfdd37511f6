// Spans by OpenTelemetry, sent by OTLP over HTTP. Off unless the environment names where to; then all of this costs next to nothing.
import { randomBytes } from 'node:crypto';
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace as traceApi,
} from '@opentelemetry/api';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { AppError, errorText } from '../errors/index.ts';
import { currentTrace, type TraceContext, withTrace } from './context.ts';

export interface TracingOptions {
  /** `OTEL_*` as the OpenTelemetry specification defines them; see `traceEnvironment`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `service.version` and `service.instance.id` of the spans. */
  readonly version: string;
  readonly node: string;
  /** Where spans go instead of OTLP. */
  readonly exporter?: SpanExporter;
}

/** Variables that are read here; `OTEL_EXPORTER_OTLP_*` (endpoint, headers, timeout, …) are read by the exporter. */
export const traceEnvironment = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_SDK_DISABLED',
  'OTEL_SERVICE_NAME',
  'OTEL_TRACES_SAMPLER_ARG',
] as const;

/** What a span says of itself: `kind` by the OpenTelemetry specification, attributes by its semantic conventions. */
export interface SpanOptions {
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly attributes?: Attributes;
}

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

let tracer: Tracer | undefined;
let decide: (traceId: string) => boolean = () => false;
/** The ids of the next span, when they are to be known ones. */
let given: TraceContext | undefined;

const ids = {
  generateTraceId: (): string => given?.traceId ?? randomBytes(16).toString('hex'),
  generateSpanId: (): string => given?.spanId ?? randomBytes(8).toString('hex'),
};

/**
 * Sends spans from now on, for as long as this process runs, when `OTEL_EXPORTER_OTLP_ENDPOINT` (or `…_TRACES_ENDPOINT`) is set.
 * `stop` resolves when the last are sent. Rejects with `invalid_config` when the sampling ratio is no number from 0 to 1.
 */
export async function startTracing({
  environment,
  version,
  node,
  exporter,
}: TracingOptions): Promise<{ stop(): Promise<void> }> {
  const endpoint =
    environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if ((!endpoint && !exporter) || environment['OTEL_SDK_DISABLED'] === 'true')
    return { stop: () => Promise.resolve() };
  const ratio = readRatio(environment['OTEL_TRACES_SAMPLER_ARG']);
  // Loading it takes a process longer than starting most apps does.
  const { createProvider } = await import('./provider.ts');
  const provider = createProvider({
    attributes: {
      'service.name': environment['OTEL_SERVICE_NAME'] || 'mirliton',
      'service.version': version,
      'service.instance.id': node,
    },
    ratio,
    ids,
    exporter,
  });
  tracer = provider.getTracer('mirliton', version);
  decide = provider.decide;
  return {
    stop: async () => {
      tracer = undefined;
      // A collector that is away must not hold up the end of the process.
      await provider.shutdown().catch(() => undefined);
    },
  };
}

/** Whether spans of this trace are sent; every process decides the same. */
export function isSampled(traceId: string): boolean {
  return tracer !== undefined && decide(traceId);
}

/**
 * Runs `work` in a span of the trace at hand; the span ends, with the error if there was one, when `work` has ended.
 * Outside of a trace, or when spans are not sent, `work` is only run.
 */
export function inSpan<T>(name: string, options: SpanOptions, work: () => T): T {
  const parent = currentTrace();
  if (!tracer || !parent?.sampled) return work();
  return run(begin(tracer, name, options, parent), work);
}

/** Like `inSpan`, and begins a new trace where there is none. */
export function inTrace<T>(name: string, options: SpanOptions, work: () => T): T {
  if (!tracer || currentTrace()) return inSpan(name, options, work);
  return run(begin(tracer, name, options, undefined), work);
}

/**
 * Sends a span that is over, with its own ids: the root of a call, known to everybody before it is sent.
 * `start` and `end` in milliseconds of the epoch.
 */
export function recordSpan(
  name: string,
  span: {
    readonly trace: TraceContext;
    readonly parent?: TraceContext;
    readonly start: number;
    readonly end: number;
    readonly attributes: Attributes;
    readonly failed?: string;
  },
): void {
  if (!tracer || !span.trace.sampled) return;
  given = span.trace;
  try {
    const { start, end, attributes, parent, failed } = span;
    const context = parent ? contextOf(parent) : ROOT_CONTEXT;
    const recorded = tracer.startSpan(name, { startTime: start, attributes, root: !parent }, context);
    if (failed !== undefined) recorded.setStatus({ code: SpanStatusCode.ERROR, message: failed });
    recorded.end(end);
  } finally {
    given = undefined;
  }
}

function begin(by: Tracer, name: string, options: SpanOptions, parent: TraceContext | undefined): Span {
  const { kind = 'internal', attributes = {} } = options;
  return by.startSpan(name, { kind: kinds[kind], attributes }, parent ? contextOf(parent) : ROOT_CONTEXT);
}

const contextOf = ({ traceId, spanId, sampled }: TraceContext) =>
  traceApi.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: sampled ? 1 : 0, isRemote: true });

function run<T>(span: Span, work: () => T): T {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const fail = (error: unknown): never => {
    span.setStatus({ code: SpanStatusCode.ERROR, message: errorText(error) });
    span.end();
    throw error;
  };
  try {
    const result = withTrace({ traceId, spanId, sampled: (traceFlags & 1) === 1 }, work);
    if (!(result instanceof Promise)) {
      span.end();
      return result;
    }
    return result.then((value: unknown) => {
      span.end();
      return value;
    }, fail) as T;
  } catch (error) {
    return fail(error);
  }
}

function readRatio(text: string | undefined): number {
  if (text === undefined || text === '') return 1;
  const value = Number(text);
  if (!(value >= 0 && value <= 1))
    throw new AppError('invalid_config', {
      message: `OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, not ${JSON.stringify(text)}`,
    });
  return value;
}
