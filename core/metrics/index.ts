// What others may import of core/metrics.
export type * from './metrics.ts';
