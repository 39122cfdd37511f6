// The carriers of the cluster and of accounts, kept in memory: a call chooses among them without a database.
import { LRUCache } from 'lru-cache';
import type { AppContext } from '../../core/app/index.ts';
import type { DocumentOf } from '../../core/contract/index.ts';
import { accountDatabase } from '../../core/couch/index.ts';
import { resource } from '../../core/documents/index.ts';
import { hasCode } from '../../core/errors/index.ts';
import type { Carrier } from './selection.ts';

export const offnet = 'offnet';

export interface Carriers {
  /** The carriers of the cluster, or those of an account. Rejects when the store fails and none were read before. */
  list(accountId?: string): Promise<readonly Carrier[]>;
  stop(): void;
}

// Changes are told; this is for those that nobody told of. What is old serves until the new list is there.
const fresh = 60_000;

interface Entry {
  readonly carriers: Promise<readonly Carrier[]>;
  readonly at: number;
}

export function watchCarriers({ store, log }: Pick<AppContext, 'store' | 'log'>): Carriers {
  const known = new LRUCache<string, Entry>({ max: 10_000 });
  const load = async (database: string): Promise<readonly Carrier[]> => {
    const query = { includeDocs: true };
    const rows = await store.database(database).view('resources', 'listing_by_id', query).catch(orNone);
    return rows.flatMap(({ id, doc }): Carrier[] =>
      doc?.pvt_type === resource.type
        ? [{ id, global: database === offnet, document: doc as DocumentOf<typeof resource> }]
        : [],
    );
  };
  const start = (database: string, old?: Entry): Entry => {
    const entry = { carriers: load(database), at: Date.now() };
    known.set(database, old ? { ...old, at: entry.at } : entry);
    entry.carriers.then(
      () => old && known.get(database)?.carriers === old.carriers && known.set(database, entry),
      (error: unknown) => {
        if (!old && known.get(database) === entry) known.delete(database);
        log.warn('carriers could not be read', { database, error });
      },
    );
    return entry;
  };
  const unsubscribe = store.onChange(({ database, type }) => {
    if (type === undefined || type === resource.type) known.delete(database);
  });
  return {
    list: (accountId) => {
      const database = accountId === undefined ? offnet : accountDatabase(accountId);
      const entry = known.get(database);
      if (!entry) return start(database).carriers;
      if (Date.now() - entry.at > fresh) start(database, entry);
      return entry.carriers;
    },
    stop: () => {
      unsubscribe();
      known.clear();
    },
  };
}

/** A database that is not there (yet) has no carriers. */
function orNone(error: unknown): never[] {
  if (hasCode(error, 'datastore_missing') || hasCode(error, 'datastore_missing_view')) return [];
  throw error;
}
