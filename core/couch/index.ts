// What others may import of core/couch.
export { isAnnounced } from './announcer.ts';
export type { Conflict } from './conflicts.ts';
export { type CouchStore, connectStore, type StoreOptions } from './connect.ts';
export * from './names.ts';
export { type Noted, noting, type Reads } from './noting.ts';
export { type CouchNodeState, probeCouch } from './probe.ts';
export { newId } from './stamp.ts';
export type * from './store.ts';
