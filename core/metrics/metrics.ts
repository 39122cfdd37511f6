// Metrics as every app sees them; prom-client is behind it.

/** Makes or finds a metric by name. Names start with the app, in snake case, with the unit last. */
export interface Metrics {
  counter(
    name: string,
    help: string,
    labels?: readonly string[],
  ): { inc(labels?: Record<string, string>, by?: number): void };
  gauge(name: string, help: string, read: () => number): void;
  histogram(
    name: string,
    help: string,
    buckets: readonly number[],
    labels?: readonly string[],
  ): {
    observe(value: number, labels?: Record<string, string>): void;
  };
}
