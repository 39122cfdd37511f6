// OpenTelemetry's SDK, which only a process that sends spans loads.
import { type Attributes, ROOT_CONTEXT, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type IdGenerator,
  ParentBasedSampler,
  SamplingDecision,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

export interface ProviderOptions {
  /** Of the resource: which process this is. */
  readonly attributes: Attributes;
  /** The share of the traces that is sent, 0 to 1. */
  readonly ratio: number;
  readonly ids: IdGenerator;
  /** Where spans go instead of OTLP. */
  readonly exporter: SpanExporter | undefined;
}

export interface Provider {
  getTracer(name: string, version: string): Tracer;
  /** Whether this trace belongs to the share. */
  decide(traceId: string): boolean;
  /** Resolves when the last spans are sent. */
  shutdown(): Promise<void>;
}

export function createProvider({ attributes, ratio, ids, exporter }: ProviderOptions): Provider {
  const sampler = new TraceIdRatioBasedSampler(ratio);
  const provider = new TracerProvider({
    resource: resourceFromAttributes(attributes),
    sampler: new ParentBasedSampler({ root: sampler }),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor({ exporter: exporter ?? new OTLPTraceExporter() })],
  });
  return {
    getTracer: (name, version) => provider.getTracer(name, version),
    decide: (traceId) =>
      sampler.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED,
    shutdown: () => provider.shutdown(),
  };
}
