// connectStore(): the store over one CouchDB cluster, wired together.
import { loadViews } from '../../couchdb/load.ts';
import type { Bus } from '../amqp/index.ts';
import type { ConflictRule, DatabaseClass } from '../contract/index.ts';
import type { Logger } from '../log/index.ts';
import type { Metrics } from '../metrics/index.ts';
import { Announcer } from './announcer.ts';
import { type CacheLimits, ReadCache } from './cache.ts';
import { Cluster, type Took } from './cluster.ts';
import { type Conflict, findConflicts, resolveConflict } from './conflicts.ts';
import { pathOf, type Quorum, type StoreCore } from './core.ts';
import { createDatabase, databaseExists } from './creation.ts';
import { CouchDatabase } from './database.ts';
import { installDesigns, outdatedDesigns } from './designs.ts';
import { storeError } from './errors.ts';
import { type ChangeRow, Followers } from './followers.ts';
import { rawName } from './names.ts';
import type { Database, Store } from './store.ts';

export interface StoreOptions {
  /** `http://host:port` of each node of the cluster. */
  readonly urls: readonly string[];
  readonly user: string;
  readonly password: string;
  readonly quorum?: Quorum;
  /** Where changes are published and heard; without it only the change feeds tell of other writers. */
  readonly bus?: Bus | undefined;
  /** `app@host`, as it stands in messages. */
  readonly node: string;
  readonly log: Logger;
  readonly metrics?: Metrics;
  /** Default: the views of this project. */
  readonly viewsFolder?: string;
  readonly cache?: Partial<CacheLimits>;
  /** How many databases are followed by `_changes` at once. Default 64. */
  readonly follow?: number;
}

export interface CouchStore extends Store {
  /** The documents of a database that two replicas changed apart. */
  conflicts(name: string): Promise<readonly Conflict[]>;
  /** Makes one of such a document; false when it was written meanwhile. */
  resolveConflict(name: string, conflict: Conflict, rule: ConflictRule): Promise<boolean>;
  /** Names of the design documents that are missing in a database or are of another version. */
  outdatedViews(name: string, databaseClass: string): Promise<string[]>;
}

/** How long a read may be kept (milliseconds) when the feed of its database is followed, and when it is not. */
const followedTtl = 3_600_000;
const unfollowedTtl = 60_000;

/** Connects on first use: an unreachable server is an error of the request, not of the start. */
export function connectStore(options: StoreOptions): CouchStore {
  return new ConnectedStore(options);
}

/** Counts writes without quorum, and logs the first of each ten seconds: while nodes are down every write is one. */
function quorumWatch(log: Logger, metrics: Metrics | undefined): StoreCore['quorumMissed'] {
  const counter = metrics?.counter(
    'couch_quorum_missed_total',
    'Writes accepted by fewer copies than asked for',
  );
  let quietUntil = 0;
  return (where) => {
    counter?.inc();
    if (Date.now() < quietUntil) return;
    quietUntil = Date.now() + 10_000;
    log.warn('a write was accepted without its quorum', { ...where });
  };
}

function requestTimer(metrics: Metrics | undefined): Took {
  const buckets = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
  const seconds = metrics?.histogram('couch_request_seconds', 'Time of requests to CouchDB', buckets, [
    'method',
  ]);
  return (method, milliseconds) => seconds?.observe(milliseconds / 1000, { method });
}

class ConnectedStore implements CouchStore {
  readonly #core: StoreCore;
  readonly #followers: Followers;
  readonly #announcer: Announcer;
  readonly #databases = new Map<string, Database>();
  readonly #ensured = new Map<string, Promise<Database>>();
  readonly #viewsFolder: string | undefined;

  constructor({ urls, user, password, quorum = {}, bus, node, log, metrics, ...rest }: StoreOptions) {
    const cluster = new Cluster({
      urls,
      user,
      password,
      log,
      took: requestTimer(metrics),
      onDoubt: () => cache.clearAll(),
    });
    const cache = new ReadCache({
      bytes: 32_000_000,
      entries: 50_000,
      isLagging: () => cluster.isCatchingUp,
      ...rest.cache,
    });
    this.#viewsFolder = rest.viewsFolder;
    this.#announcer = new Announcer({
      bus,
      node,
      log,
      onHeard: ({ database, id, rev }) => cache.invalidate(database, id, rev),
      onDatabase: (database) => this.#forget(database),
    });
    this.#followers = new Followers({
      cluster,
      log,
      limit: rest.follow ?? 64,
      onChange: (database, row) => this.#seen(database, row),
      onEnd: (database) => cache.clear(database),
    });
    this.#core = {
      cluster,
      cache,
      quorum,
      log,
      quorumMissed: quorumWatch(log, metrics),
      ttl: (database) => (this.#followers.follow(database) ? followedTtl : unfollowedTtl),
      changed: (change, document) => {
        cache.invalidate(change.database, change.id, change.rev);
        this.#announcer.announce(change, document);
      },
      ensure: (database, databaseClass) => this.ensure(database, databaseClass),
    };
    metrics?.gauge('couch_cache_bytes', 'Bytes held by the document cache', () => cache.size);
    metrics?.gauge('couch_cache_hits', 'Reads answered by the document cache', () => cache.hits);
    metrics?.gauge('couch_cache_misses', 'Reads that went to CouchDB', () => cache.misses);
    metrics?.gauge(
      'couch_cache_stale',
      'Reads answered by what is past its time, because CouchDB did not answer',
      () => cache.stale,
    );
    metrics?.gauge('couch_followed_databases', 'Change feeds that run', () => this.#followers.size);
  }

  database(name: string): Database {
    const raw = rawName(name);
    const known = this.#databases.get(raw) ?? new CouchDatabase(raw, this.#core);
    this.#databases.set(raw, known);
    return known;
  }

  ensure(name: string, databaseClass: DatabaseClass): Promise<Database> {
    const raw = rawName(name);
    const known = this.#ensured.get(raw);
    if (known) return known;
    const made = this.#make(raw, databaseClass).catch((error: unknown) => {
      this.#ensured.delete(raw);
      throw error;
    });
    this.#ensured.set(raw, made);
    return made;
  }

  async exists(name: string): Promise<boolean> {
    return databaseExists(this.#core.cluster, rawName(name));
  }

  async drop(name: string): Promise<void> {
    const database = rawName(name);
    const { status, body } = await this.#core.cluster.json({ method: 'DELETE', path: pathOf(database) });
    if (status >= 300 && status !== 404) throw storeError(status, body, { database });
    this.#forget(database);
    if (status !== 404) this.#announcer.announceDatabase(database, 'deleted');
  }

  async list(prefix = ''): Promise<string[]> {
    const range = { startkey: JSON.stringify(prefix), endkey: JSON.stringify(`${prefix}\ufff0`) };
    const query = prefix === '' ? {} : range;
    const { status, body } = await this.#core.cluster.json({ method: 'GET', path: '_all_dbs', query });
    if (status !== 200) throw storeError(status, body, {});
    return (body as string[]).filter((name) => name.startsWith(prefix) && !name.startsWith('_'));
  }

  onChange(listener: Parameters<Store['onChange']>[0]): () => void {
    return this.#announcer.listen(listener);
  }

  conflicts(name: string): Promise<readonly Conflict[]> {
    return findConflicts(this.#core, rawName(name));
  }

  resolveConflict(name: string, conflict: Conflict, rule: ConflictRule): Promise<boolean> {
    return resolveConflict(this.#core, rawName(name), conflict, rule);
  }

  outdatedViews(name: string, databaseClass: string): Promise<string[]> {
    const designs = loadViews(this.#viewsFolder).get(databaseClass) ?? [];
    return outdatedDesigns(this.#core.cluster, rawName(name), designs);
  }

  status(): ReturnType<Store['status']> {
    const { cluster, cache } = this.#core;
    const { fault } = cluster;
    return {
      connected: fault === undefined,
      ...(fault === undefined ? {} : { detail: fault }),
      cacheHits: cache.hits,
      cacheMisses: cache.misses,
    };
  }

  forget(): void {
    this.#core.cache.clearAll();
  }

  async close(): Promise<void> {
    await Promise.all([this.#followers.stop(), this.#announcer.close()]);
    this.#core.cluster.close();
    this.#core.cache.clearAll();
  }

  async #make(database: string, databaseClass: DatabaseClass): Promise<Database> {
    const { cluster, cache, log } = this.#core;
    const created = await createDatabase(cluster, database);
    const designs = loadViews(this.#viewsFolder).get(databaseClass) ?? [];
    const written = await installDesigns(cluster, database, designs, created);
    if (written.length > 0) log.info('views were written', { database, designs: written });
    cache.clear(database);
    if (created) this.#announcer.announceDatabase(database, 'created');
    return this.database(database);
  }

  #forget(database: string): void {
    this.#ensured.delete(database);
    this.#core.cache.clear(database);
  }

  #seen(database: string, { id, rev, deleted }: ChangeRow): void {
    this.#core.cache.invalidate(database, id, rev);
    if (id.startsWith('_design/')) return;
    const action = deleted ? 'deleted' : rev?.startsWith('1-') ? 'created' : 'edited';
    this.#announcer.tell({ action, database, id, type: undefined, rev });
  }
}
