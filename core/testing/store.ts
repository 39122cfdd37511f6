// memoryStore(): the store in memory, with the real view files, so that tests see what CouchDB would do.
import { loadViews } from '../../couchdb/load.ts';
import type { DatabaseClass } from '../contract/index.ts';
import { type Database, type DocumentChange, isMonthDatabase, rawName, type Store } from '../couch/index.ts';
import { MemoryDatabase } from './database.ts';

/**
 * A `Store` that lives in memory. A database must be ensured before it is written to (a month's is made by its first
 * write, as in the real one); views are those of its class. Documents that are read are frozen.
 * @param options.onChange called for every change, as `store.onChange` would.
 */
export function memoryStore({
  onChange,
}: {
  readonly onChange?: (change: DocumentChange) => void;
} = {}): Store {
  const databases = new Map<string, MemoryDatabase>();
  const listeners = new Set<(change: DocumentChange) => void>();
  if (onChange) listeners.add(onChange);
  const tell = (change: DocumentChange): void => {
    for (const listener of listeners) listener(change);
  };
  const database = (name: string): MemoryDatabase => {
    const raw = rawName(name);
    const known = databases.get(raw) ?? new MemoryDatabase(raw, tell);
    databases.set(raw, known);
    return known;
  };
  const ensure = (name: string, databaseClass: DatabaseClass): Database => {
    const made = database(name);
    made.designs ??= new Map();
    for (const design of loadViews().get(databaseClass) ?? []) made.install(design);
    return made;
  };
  return {
    database: (name) => {
      const found = database(name);
      found.make = isMonthDatabase(found.name) ? () => void ensure(found.name, 'modb') : undefined;
      return found;
    },
    ensure: async (name, databaseClass) => ensure(name, databaseClass),
    exists: async (name) => databases.get(rawName(name))?.designs !== undefined,
    drop: async (name) => {
      databases.get(rawName(name))?.letGo();
      databases.delete(rawName(name));
    },
    list: async (prefix = '') =>
      [...databases.values()]
        .filter((found) => found.designs !== undefined && found.name.startsWith(prefix))
        .map((found) => found.name)
        .sort(),
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    status: () => ({ connected: true, cacheHits: 0, cacheMisses: 0 }),
    forget: () => undefined,
    close: async () => {
      listeners.clear();
      databases.clear();
    },
  };
}
