// Metrics that can be read in a test.
import type { Metrics } from '../metrics/index.ts';

export interface FakeMetrics extends Metrics {
  /** Sum of a counter over the labels that include these, number of observations of a histogram, value of a gauge; 0 when unknown. */
  value(name: string, labels?: Record<string, string>): number;
}

interface Sample {
  readonly labels: Record<string, string>;
  readonly by: number;
}

/** Metrics for tests. */
export function fakeMetrics(): FakeMetrics {
  const samples = new Map<string, Map<string, Sample>>();
  const gauges = new Map<string, () => number>();
  const add = (name: string, by: number, labels: Record<string, string> = {}): void => {
    const known = samples.get(name) ?? new Map<string, Sample>();
    const key = JSON.stringify(labels);
    samples.set(name, known.set(key, { labels, by: (known.get(key)?.by ?? 0) + by }));
  };
  return {
    counter: (name) => ({ inc: (labels, by = 1) => add(name, by, labels) }),
    histogram: (name) => ({ observe: (_value, labels) => add(name, 1, labels) }),
    gauge: (name, _help, read) => {
      gauges.set(name, read);
    },
    value: (name, labels = {}) => {
      const gauge = gauges.get(name);
      if (gauge) return gauge();
      const fits = (sample: Sample) => Object.entries(labels).every(([key, it]) => sample.labels[key] === it);
      return [...(samples.get(name)?.values() ?? [])].filter(fits).reduce((sum, { by }) => sum + by, 0);
    },
  };
}
