// What all databases of a store share: the servers, the cache, the quorum rules, who is told of a change.
import type { DatabaseClass } from '../contract/index.ts';
import { AppError } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import type { ReadCache } from './cache.ts';
import type { Cluster } from './cluster.ts';
import type { Where } from './errors.ts';
import { databaseClassOf } from './names.ts';
import type { Database, DocumentChange, StoredDocument } from './store.ts';

/** How many copies must answer a read and confirm a write, by database class. */
export type Quorum = Readonly<
  Record<string, { readonly r?: number | undefined; readonly w?: number | undefined }>
>;

export interface StoreCore {
  readonly cluster: Cluster;
  readonly cache: ReadCache;
  readonly quorum: Quorum;
  readonly log: Logger;
  /** A write was accepted by fewer copies than were asked for. */
  quorumMissed(where: Where): void;
  /** Milliseconds that something read from this database now may be kept: long while its feed is followed. */
  ttl(database: string): number;
  /** A write of this process: caches are cleared, listeners and other processes told. */
  changed(change: DocumentChange, document: StoredDocument): void;
  ensure(database: string, databaseClass: DatabaseClass): Promise<Database>;
}

/** The path of a database, or of what is in it. `_design/x` keeps its slash. */
export function pathOf(database: string, id?: string): string {
  const base = encodeURIComponent(database);
  if (id === undefined) return base;
  const [, prefix = '', rest = id] = /^(_design\/|_local\/)(.*)$/s.exec(id) ?? [];
  return `${base}/${prefix}${encodeURIComponent(rest)}`;
}

/** `r` or `w` as a query parameter, where the class of the database sets it. */
export function quorumOf(core: StoreCore, database: string, side: 'r' | 'w'): Record<string, number> {
  const wanted = core.quorum[databaseClassOf(database)]?.[side];
  return wanted === undefined ? {} : { [side]: wanted };
}

/**
 * A 202 means that fewer copies than asked for have confirmed a write. Rejects with `quorum_not_met` where the class
 * demands `w`; elsewhere it is only logged and counted, because the other copies catch up by themselves.
 */
export function checkQuorum(core: StoreCore, database: string, status: number, id?: string): void {
  if (status !== 202) return;
  const where = { database, ...(id === undefined ? {} : { id }) };
  core.quorumMissed(where);
  if (core.quorum[databaseClassOf(database)]?.w !== undefined)
    throw new AppError('quorum_not_met', { details: where });
}
