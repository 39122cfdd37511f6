// Metrics over prom-client, with a registry of their own.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { AppError } from '../errors/index.ts';
import type { Metrics } from './metrics.ts';

/** Metrics that can be served. */
export interface MetricsWithRegistry extends Metrics {
  readonly registry: Registry;
  /** Every value now whose name begins with `prefix`; of histograms their counts and sums. */
  read(prefix: string): Promise<MetricValue[]>;
}

export interface MetricValue {
  readonly name: string;
  readonly help: string;
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
}

/**
 * The metrics of a process, with those of Node itself (memory, event loop, garbage collection).
 * A name is made once and found after that; a gauge that several parts read is the sum of what they answer.
 */
export function createMetrics(): MetricsWithRegistry {
  const registry = new Registry();
  // The lag of the event loop, every 100 ms: at 10, as else, each idle process spends 5 ms of processor a second on that.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
  const readers = new Map<string, (() => number)[]>();

  const find = <T>(name: string, kind: abstract new (...args: never[]) => T): T | undefined => {
    const metric: unknown = registry.getSingleMetric(name);
    if (metric === undefined || metric instanceof kind) return metric;
    throw new AppError('unspecified_fault', { message: `the metric ${name} exists with another type` });
  };

  return {
    registry,
    read: (prefix) => readValues(registry, prefix),
    counter: (name, help, labels = []) => {
      const counter =
        find(name, Counter) ?? new Counter({ name, help, labelNames: labels, registers: [registry] });
      return { inc: (values = {}, by = 1) => counter.inc(values, by) };
    },
    gauge: (name, help, read) => {
      const known = readers.get(name);
      if (known) {
        known.push(read);
        return;
      }
      if (find(name, Gauge))
        throw new AppError('unspecified_fault', { message: `the metric ${name} exists already` });
      const all = [read];
      readers.set(name, all);
      const gauge: Gauge = new Gauge({
        name,
        help,
        registers: [registry],
        collect: () => gauge.set(all.reduce((sum, one) => sum + one(), 0)),
      });
    },
    histogram: (name, help, buckets, labels = []) => {
      const histogram =
        find(name, Histogram) ??
        new Histogram({ name, help, buckets: [...buckets], labelNames: labels, registers: [registry] });
      return { observe: (value, values = {}) => histogram.observe(values, value) };
    },
  };
}

async function readValues(registry: Registry, prefix: string): Promise<MetricValue[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics
    .filter(({ name }) => name.startsWith(prefix))
    .flatMap(({ name, help, values }) =>
      values
        // The buckets of a histogram are for Prometheus, not for people.
        .filter((it) => !('le' in it.labels))
        .map((it) => ({
          name: (it as { readonly metricName?: string }).metricName ?? name,
          help,
          value: it.value,
          labels: it.labels as MetricValue['labels'],
        })),
    );
}
