// What others may import of core/metrics.
export type * from './metrics.ts';
export { createMetrics, type MetricsWithRegistry } from './prometheus.ts';
export { type Health, type MetricsServer, type ServeMetricsOptions, serveMetrics } from './serve.ts';
