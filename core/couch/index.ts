// What others may import of core/couch.
export * from './names.ts';
export type * from './store.ts';
