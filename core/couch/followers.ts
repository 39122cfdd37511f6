// Follows `_changes` of the databases in use, for writes that came by replication or past the bus.
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as wait } from 'node:timers/promises';
import { isRecord } from '../contract/index.ts';
import { hasCode } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import type { Cluster } from './cluster.ts';
import { storeError } from './errors.ts';

/** One line of a feed. */
export interface ChangeRow {
  readonly id: string;
  readonly rev: string | undefined;
  readonly deleted: boolean;
}

export interface FollowersOptions {
  readonly cluster: Cluster;
  /** How many databases are followed at once, each by one connection. */
  readonly limit: number;
  readonly log: Logger;
  readonly onChange: (database: string, row: ChangeRow) => void;
  /** The feed has ended for good: nothing may be trusted to stay fresh any longer. */
  readonly onEnd: (database: string) => void;
}

interface Follower {
  readonly database: string;
  readonly stopping: AbortController;
  live: boolean;
  usedAt: number;
  done: Promise<void>;
}

const heartbeatMs = 10_000;
/** How long a database that does not exist is not looked for again. */
const missingMs = 5_000;
const silenceMs = 3 * heartbeatMs;
/** A follower that was in use within this time is not given up for another database. */
const busyMs = 60_000;

export class Followers {
  readonly #options: FollowersOptions;
  /** Least recently used first. */
  readonly #followers = new Map<string, Follower>();
  #stopped = false;

  constructor(options: FollowersOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#followers.size;
  }

  /** Follows a database from now on if there is room; true when its feed runs. */
  follow(database: string): boolean {
    const known = this.#followers.get(database);
    if (known) {
      known.usedAt = Date.now();
      this.#followers.delete(database);
      this.#followers.set(database, known);
      return known.live;
    }
    if (!this.#stopped && this.#hasRoom()) this.#start(database);
    return false;
  }

  /** Ends all feeds. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const all = [...this.#followers.values()];
    for (const follower of all) follower.stopping.abort();
    await Promise.all(all.map((follower) => follower.done));
  }

  #hasRoom(): boolean {
    if (this.#followers.size < this.#options.limit) return true;
    const [oldest] = this.#followers.values();
    if (!oldest || Date.now() - oldest.usedAt < busyMs) return false;
    oldest.stopping.abort();
    this.#followers.delete(oldest.database);
    return true;
  }

  #start(database: string): void {
    const stopping = new AbortController();
    const follower = { database, stopping, live: false, usedAt: Date.now(), done: Promise.resolve() };
    this.#followers.set(database, follower);
    follower.done = this.#run(follower).finally(() => {
      if (this.#followers.get(database) === follower) this.#followers.delete(database);
      this.#options.onEnd(database);
    });
  }

  async #run(follower: Follower): Promise<void> {
    const { signal } = follower.stopping;
    let since: unknown;
    for (let pause = 500; !signal.aborted; pause = Math.min(2 * pause, 30_000)) {
      try {
        since ??= await this.#sequence(follower);
        for await (const line of this.#lines(follower, since)) {
          since = line['seq'] ?? line['last_seq'] ?? since;
          pause = 500;
          this.#tell(follower.database, line);
        }
      } catch (error) {
        if (hasCode(error, 'datastore_missing')) {
          // Whoever asks for it meanwhile must not start the next follower at once.
          await wait(missingMs, undefined, { signal }).catch(() => undefined);
          return;
        }
        if (!signal.aborted)
          this.#options.log.debug('a change feed broke off', { database: follower.database, error });
      }
      follower.live = false;
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  async #sequence({ database, stopping }: Follower): Promise<unknown> {
    const path = encodeURIComponent(database);
    const { status, body } = await this.#options.cluster.json({
      method: 'GET',
      path,
      signal: stopping.signal,
    });
    if (status !== 200 || !isRecord(body)) throw storeError(status, body, { database });
    return body['update_seq'];
  }

  async *#lines(follower: Follower, since: unknown): AsyncGenerator<Record<string, unknown>> {
    const { database } = follower;
    const silence = new AbortController();
    const watchdog = setTimeout(() => silence.abort(), silenceMs);
    const signal = AbortSignal.any([follower.stopping.signal, silence.signal]);
    try {
      const response = await this.#options.cluster.stream({
        method: 'GET',
        path: `${encodeURIComponent(database)}/_changes`,
        query: { feed: 'continuous', since: String(since), heartbeat: heartbeatMs },
        deadline: silenceMs,
        signal,
      });
      if (!response.ok) throw storeError(response.status, await response.json(), { database });
      follower.live = true;
      const body = Readable.fromWeb(response.body as ReadableStream, { signal });
      for await (const line of createInterface({ input: body })) {
        watchdog.refresh();
        const json: unknown = line === '' ? undefined : JSON.parse(line);
        if (isRecord(json)) yield json;
      }
    } finally {
      clearTimeout(watchdog);
      silence.abort();
    }
  }

  #tell(database: string, line: Record<string, unknown>): void {
    const { id, changes, deleted } = line;
    if (typeof id !== 'string') return;
    const [latest] = Array.isArray(changes) ? changes : [];
    const rev = isRecord(latest) ? latest['rev'] : undefined;
    this.#options.onChange(database, {
      id,
      rev: typeof rev === 'string' ? rev : undefined,
      deleted: deleted === true,
    });
  }
}
