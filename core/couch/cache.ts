// Read-through cache: one request for a stampede of equal reads, nothing kept that was invalidated while it was read.
import { LRUCache } from 'lru-cache';
import { hasCode } from '../errors/index.ts';

/** What a cached value is about: a document, or all view results of its database. */
export interface CacheKey {
  readonly database: string;
  readonly kind: 'document' | 'view';
  /** Document id, or the query of a view. */
  readonly name: string;
}

/** What the cache has, until something else takes its place or it is dropped: then whoever kept it sees that it is old. */
export interface Entry {
  readonly key: CacheKey;
  /** Undefined for what does not exist. */
  readonly value: unknown;
  isCurrent: boolean;
}

interface Flight {
  readonly promise: Promise<unknown>;
  /** Cleared by an invalidation: whoever waits gets the answer, but it is not kept. */
  keep: boolean;
}

/** A value and how long it may be kept (milliseconds; 0 means not at all). */
export interface Loaded<T> {
  readonly value: T;
  readonly ttl: number;
}

export interface CacheLimits {
  readonly bytes: number;
  readonly entries: number;
  /** Whether a node of the cluster may lack what was written long ago: then every database settles. */
  readonly isLagging?: () => boolean;
  /** A clock in milliseconds, for tests. */
  readonly now?: () => number;
}

// A view is answered by one node of a cluster, which may not have what another one has just written: after it was heard of,
// no other word comes. So for a while after a change its results are soon looked up again.
const settling = 10_000;
const keptWhileSettling = 1_000;

/** Names of databases have no space. */
const textOf = ({ kind, database, name }: CacheKey): string => `${kind} ${database} ${name}`;

export class ReadCache {
  hits = 0;
  misses = 0;
  /** Reads answered by what is past its time, because the database did not answer. */
  stale = 0;
  readonly #now: () => number;
  readonly #isLagging: () => boolean;
  readonly #entries: LRUCache<string, Entry>;
  /** When a change of each database was heard of last. */
  readonly #changed = new LRUCache<string, number>({ max: 10_000 });
  readonly #flights = new Map<string, Flight>();
  /** Keys that are cached or in flight, by database. */
  readonly #byDatabase = new Map<string, Map<string, CacheKey>>();

  constructor({ bytes, entries, isLagging = () => false, now = () => performance.now() }: CacheLimits) {
    this.#now = now;
    this.#isLagging = isLagging;
    this.#entries = new LRUCache<string, Entry>({
      perf: { now },
      ttlResolution: 0,
      max: entries,
      maxSize: bytes,
      noDeleteOnStaleGet: true,
      sizeCalculation: ({ value }, text) => 2 * (text.length + (JSON.stringify(value)?.length ?? 0)) + 200,
      dispose: (entry, text, reason) => {
        entry.isCurrent = false;
        if (reason !== 'set' && !this.#flights.has(text)) this.#forget(text, entry.key);
      },
    });
  }

  /** Bytes held, as estimated. */
  get size(): number {
    return this.#entries.calculatedSize;
  }

  /** What is cached, without waiting for a turn: most reads are of that. */
  cached(key: CacheKey): Readonly<Entry> | undefined {
    const cached = this.#entries.get(textOf(key));
    if (cached) this.hits++;
    return cached;
  }

  /** The cached value, or what `load` gives. `fresh` always loads, and never joins a load that began earlier. */
  async read<T>(key: CacheKey, load: () => Promise<Loaded<T>>, fresh = false): Promise<T> {
    const cached = fresh ? undefined : this.cached(key);
    if (cached) return cached.value as T;
    const text = textOf(key);
    const running = fresh ? undefined : this.#flights.get(text);
    if (running) {
      this.hits++;
      return running.promise as Promise<T>;
    }
    this.misses++;
    return this.#launch(text, key, load);
  }

  /** Whether a change of this database was heard of a moment ago, or a node lags: one of its cluster may not have it yet. */
  isSettling(database: string): boolean {
    if (this.#isLagging()) return true;
    return this.#now() - (this.#changed.get(database) ?? Number.NEGATIVE_INFINITY) < settling;
  }

  /** Drops a document unless it is cached at this very revision, and every view result of its database. */
  invalidate(database: string, id: string, rev?: string): void {
    this.#changed.set(database, this.#now());
    for (const [text, key] of this.#byDatabase.get(database) ?? []) {
      if (key.kind === 'document' && (key.name !== id || this.#isAt(text, rev))) continue;
      this.#drop(text);
    }
  }

  /** Drops everything of a database, or of one kind. */
  clear(database: string, kind?: CacheKey['kind']): void {
    for (const [text, key] of this.#byDatabase.get(database) ?? [])
      if (kind === undefined || key.kind === kind) this.#drop(text);
  }

  /** Everything, when messages may have been missed. */
  clearAll(): void {
    for (const database of [...this.#byDatabase.keys()]) this.clear(database);
  }

  #launch<T>(text: string, key: CacheKey, load: () => Promise<Loaded<T>>): Promise<T> {
    const older = this.#flights.get(text);
    if (older) older.keep = false;
    const promise = load().then(
      (loaded) => {
        this.#land(text, key, flight, loaded);
        return loaded.value;
      },
      (error: unknown) => {
        const stale = flight.keep ? this.#held(text) : undefined;
        this.#land(text, key, flight, undefined);
        // What was so a while ago keeps calls going while the database is away.
        if (!stale || !hasCode(error, 'datastore_unreachable')) throw error;
        this.stale++;
        return stale.value as T;
      },
    );
    const flight: Flight = { promise, keep: true };
    this.#flights.set(text, flight);
    this.#remember(text, key);
    return promise;
  }

  #land(text: string, key: CacheKey, flight: Flight, loaded: Loaded<unknown> | undefined): void {
    if (this.#flights.get(text) === flight) this.#flights.delete(text);
    if (flight.keep && loaded && loaded.ttl > 0)
      this.#entries.set(
        text,
        { key, value: loaded.value, isCurrent: true },
        { ttl: this.#ttlOf(key, loaded.ttl) },
      );
    if (!this.#held(text) && !this.#flights.has(text)) this.#forget(text, key);
  }

  #ttlOf({ database, kind }: CacheKey, ttl: number): number {
    return kind === 'view' && this.isSettling(database) ? Math.min(ttl, keptWhileSettling) : ttl;
  }

  #drop(text: string): void {
    const flight = this.#flights.get(text);
    if (flight) flight.keep = false;
    // Later readers must not join it: it may have read what was before the change.
    this.#flights.delete(text);
    const entry = this.#held(text);
    this.#entries.delete(text);
    if (entry) this.#forget(text, entry.key);
  }

  /** An entry, also one that is past its time. */
  #held(text: string): Entry | undefined {
    return this.#entries.peek(text, { allowStale: true });
  }

  #isAt(text: string, rev: string | undefined): boolean {
    if (rev === undefined || this.#flights.has(text)) return false;
    const value = this.#held(text)?.value as { _rev?: string } | undefined;
    return value?._rev === rev;
  }

  #remember(text: string, key: CacheKey): void {
    const keys = this.#byDatabase.get(key.database) ?? new Map<string, CacheKey>();
    keys.set(text, key);
    this.#byDatabase.set(key.database, keys);
  }

  #forget(text: string, key: CacheKey): void {
    const keys = this.#byDatabase.get(key.database);
    keys?.delete(text);
    if (keys?.size === 0) this.#byDatabase.delete(key.database);
  }
}
