// What others may import of core/actors.
export type * from './system.ts';
