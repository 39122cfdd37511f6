// Replications under way: those of POST `/_replicate` and those that `_replicator` documents ask for.
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoredDoc } from 'pouchdb-core';
import type { Databases } from './databases.ts';
import { badRequest, CouchError, notFound, toCouchError } from './errors.ts';
import { type Exchange, isObject, readObject, sendJson } from './exchange.ts';
import { Remote } from './remote.ts';
import { type Progress, type ReplicationOptions, replicate } from './replicate.ts';

const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 30_000;

interface Job {
  readonly id: string;
  readonly docId: string | null;
  readonly source: string;
  readonly target: string;
  readonly startTime: string;
  readonly progress: Progress;
  readonly abort: AbortController;
  state: 'running' | 'crashing';
  done: Promise<object>;
}

export class Replicator {
  readonly #databases: Databases;
  readonly #authorization: string;
  readonly #jobs = new Map<string, Job>();
  readonly #log: (line: string) => void;
  #url = '';
  #scanning: Promise<void> = Promise.resolve();

  constructor(databases: Databases, user: string, password: string, log: (line: string) => void) {
    this.#databases = databases;
    this.#authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    this.#log = log;
  }

  /** Begins to follow the `_replicator` documents; `url` is where local database names are reached. */
  start(url: string): void {
    this.#url = url;
    const rescan = () => {
      this.#scanning = this.#scanning
        .then(() => this.#scan())
        .catch((error) => this.#log(`_replicator: ${error}`));
    };
    this.#databases.feed('_replicator').on('change', rescan);
    rescan();
  }

  async stop(): Promise<void> {
    for (const job of this.#jobs.values()) job.abort.abort();
    await Promise.allSettled([...this.#jobs.values()].map((job) => job.done));
    await this.#scanning;
  }

  /** POST `/_replicate`. */
  async request(x: Exchange): Promise<void> {
    const body = await readObject(x);
    const abort = new AbortController();
    const options = this.#read(body, abort.signal);
    const running = this.#jobs.get(options.id);
    if (body['cancel'] === true) {
      if (!running) throw notFound();
      running.abort.abort();
      await running.done.catch(() => undefined);
      return sendJson(x, 200, { ok: true, _local_id: options.id });
    }
    if (options.continuous) {
      if (!running) this.#launch(options, abort, null);
      return sendJson(x, 202, { ok: true, _local_id: options.id });
    }
    const job = running ?? this.#launch(options, abort, null);
    sendJson(x, 200, await job.done);
  }

  /** GET `/_scheduler/jobs` and `/_scheduler/docs`. */
  schedule(x: Exchange, kind: 'jobs' | 'docs'): void {
    const jobs = [...this.#jobs.values()].filter((job) => kind === 'jobs' || job.docId !== null);
    const rows = jobs.map(({ id, docId, source, target, startTime, progress, state }) => ({
      database: docId === null ? null : '_replicator',
      id,
      doc_id: docId,
      source: `${source}/`,
      target: `${target}/`,
      state,
      info: progress,
      error_count: 0,
      start_time: startTime,
    }));
    sendJson(x, 200, { total_rows: rows.length, offset: 0, [kind]: rows });
  }

  #read(body: Record<string, unknown>, signal: AbortSignal): ReplicationOptions {
    const source = this.#remote('source', body['source'], signal);
    const target = this.#remote('target', body['target'], signal);
    const { continuous, create_target: createTarget, doc_ids: docIds, selector, filter } = body;
    const mark = JSON.stringify([source.url, target.url, continuous === true, docIds, selector, filter]);
    return {
      id: createHash('md5').update(mark).digest('hex'),
      source,
      target,
      continuous: continuous === true,
      createTarget: createTarget === true,
      docIds: Array.isArray(docIds) ? docIds.map(String) : undefined,
      selector: isObject(selector) ? selector : undefined,
      filter: typeof filter === 'string' ? filter : undefined,
    };
  }

  #remote(name: string, given: unknown, signal: AbortSignal): Remote {
    const url = isObject(given) ? given['url'] : given;
    if (typeof url !== 'string' || url === '') throw badRequest(`Missing or invalid \`${name}\``);
    const headers: Record<string, string> = {};
    if (isObject(given)) {
      if (isObject(given['headers']))
        for (const [header, value] of Object.entries(given['headers'])) headers[header] = String(value);
      const basic = isObject(given['auth']) ? given['auth']['basic'] : undefined;
      if (isObject(basic)) {
        const pair = `${basic['username']}:${basic['password']}`;
        headers['Authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
      }
    }
    if (/^https?:\/\//.test(url)) {
      if (!URL.canParse(url)) throw badRequest(`Invalid URL for \`${name}\``);
      return new Remote(url, headers, signal);
    }
    const local = `${this.#url}/${encodeURIComponent(url.includes('%') ? decodeURIComponent(url) : url)}`;
    return new Remote(local, { ...headers, Authorization: this.#authorization }, signal);
  }

  #launch(options: ReplicationOptions, abort: AbortController, docId: string | null): Job {
    const job: Job = {
      id: options.id,
      docId,
      source: options.source.url,
      target: options.target.url,
      startTime: `${new Date().toISOString().slice(0, 19)}Z`,
      progress: {
        missing_checked: 0,
        missing_found: 0,
        docs_read: 0,
        docs_written: 0,
        doc_write_failures: 0,
      },
      abort,
      state: 'running',
      done: Promise.resolve({}),
    };
    this.#jobs.set(options.id, job);
    job.done = this.#run(options, job).finally(() => this.#jobs.delete(options.id));
    job.done.catch(() => undefined);
    return job;
  }

  /** A continuous replication outlives its peer: it tries again, less and less often. */
  async #run(options: ReplicationOptions, job: Job): Promise<object> {
    for (let wait = RETRY_FIRST_MS; ; wait = Math.min(wait * 2, RETRY_LAST_MS)) {
      try {
        return await replicate(options, job.progress);
      } catch (error) {
        if (job.abort.signal.aborted) return { ok: true, cancelled: true };
        if (!options.continuous) throw asAnswer(error, options);
        job.state = 'crashing';
        this.#log(`replication ${job.source} to ${job.target}: ${String(error)}, again in ${wait} ms`);
        await delay(wait, undefined, { signal: job.abort.signal }).catch(() => undefined);
        if (job.abort.signal.aborted) return { ok: true, cancelled: true };
        job.state = 'running';
      }
    }
  }

  /** Starts what new documents ask for and stops what deleted ones asked for. */
  async #scan(): Promise<void> {
    const rows = await this.#databases.use('_replicator', async ({ pouch }) => {
      const found = await pouch.allDocs({ include_docs: true });
      return found.rows.flatMap(({ doc }) => (doc && !doc._id.startsWith('_design/') ? [doc] : []));
    });
    const wanted = new Set(rows.map(({ _id }) => _id));
    for (const job of this.#jobs.values())
      if (job.docId !== null && !wanted.has(job.docId)) job.abort.abort();
    const running = new Set([...this.#jobs.values()].map(({ docId }) => docId));
    for (const doc of rows)
      if (!running.has(doc._id) && doc['_replication_state'] === undefined) await this.#begin(doc);
  }

  async #begin(doc: StoredDoc): Promise<void> {
    const abort = new AbortController();
    try {
      const job = this.#launch(this.#read(doc, abort.signal), abort, doc._id);
      job.done
        .then(
          async () => {
            if (!abort.signal.aborted) await this.#record(doc, job, 'completed');
          },
          (error: Error) => this.#record(doc, job, 'failed', error.message),
        )
        .catch((error) => this.#log(`_replicator/${doc._id}: ${error}`));
    } catch (error) {
      await this.#record(doc, undefined, 'failed', toCouchError(error).reason);
    }
  }

  async #record(doc: StoredDoc, job: Job | undefined, state: string, reason?: string): Promise<void> {
    await this.#databases.use('_replicator', async ({ pouch }) => {
      const current = await pouch.get(doc._id).catch(() => undefined);
      if (!current || current._rev !== doc._rev) return;
      await pouch.bulkDocs([
        {
          ...current,
          _replication_state: state,
          _replication_state_time: `${new Date().toISOString().slice(0, 19)}Z`,
          ...(job && { _replication_id: job.id, _replication_stats: job.progress }),
          ...(reason !== undefined && { _replication_state_reason: reason }),
        },
      ]);
    });
    this.#databases.changed('_replicator');
  }
}

function asAnswer(error: unknown, { source, target }: ReplicationOptions): CouchError {
  if (error instanceof CouchError) return error;
  const text =
    error instanceof Error ? `${error.message} ${String(error.cause ?? '')}`.trim() : String(error);
  return new CouchError(500, 'replication_failed', `${source.url} to ${target.url}: ${text}`);
}
