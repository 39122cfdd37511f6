// Notes which documents an answer was made of, so that it can be kept until one of them is another.
import type { Database, Held, Store, StoredDocument } from './store.ts';

/** Where single documents are read. */
export interface Reads {
  database(name: string): Pick<Database, 'find'>;
}

/** Reads through the cache, and remembers what it read. */
export interface Noted extends Reads {
  /** Whether the cache has every document that was read as it was read, also that there was none. */
  isCurrent(): boolean;
}

export function noting(store: Pick<Store, 'database'>): Noted {
  const noted: Held[] = [];
  let isWhole = true;
  const find = async (database: Database, id: string): Promise<StoredDocument | undefined> => {
    const held = database.held(id);
    if (held) {
      noted.push(held);
      return held.value;
    }
    const document = await database.find(id);
    const kept = database.held(id);
    // What the cache does not keep, or has anew by now, says nothing of what was read.
    if (kept && kept.value === document) noted.push(kept);
    else isWhole = false;
    return document;
  };
  return {
    database: (name) => {
      const database = store.database(name);
      return { find: (id) => find(database, id) };
    },
    isCurrent: () => isWhole && noted.every((held) => held.isCurrent),
  };
}
