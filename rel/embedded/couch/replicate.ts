// One replication run: changes of the source, missing revisions to the target, checkpoints on both.
import { randomBytes } from 'node:crypto';
import type { Doc } from 'pouchdb-core';
import type { Remote } from './remote.ts';

const BATCH = 100;

export interface ReplicationOptions {
  readonly id: string;
  readonly source: Remote;
  readonly target: Remote;
  readonly continuous: boolean;
  readonly createTarget: boolean;
  readonly docIds: string[] | undefined;
  readonly selector: unknown;
  readonly filter: string | undefined;
}

/** Counters as CouchDB reports them. */
export interface Progress {
  missing_checked: number;
  missing_found: number;
  docs_read: number;
  docs_written: number;
  doc_write_failures: number;
}

const COUNTERS = [
  'missing_checked',
  'missing_found',
  'docs_read',
  'docs_written',
  'doc_write_failures',
] as const satisfies (keyof Progress)[];

interface Checkpoint {
  session_id: string;
  source_last_seq: string | number;
  history: (Partial<Progress> & { session_id: string; recorded_seq: string | number })[];
}

interface Feed {
  results: { id: string; changes: { rev: string }[] }[];
  last_seq: string | number;
}

type Missing = Record<string, { missing: string[] }>;
interface BulkGet {
  results: { id: string; docs: { ok?: Doc }[] }[];
}

/**
 * Replicates until nothing is left, or until the remotes' signal is aborted when `continuous`.
 * `progress` is updated while it runs. Resolves with CouchDB's history record.
 */
export async function replicate(options: ReplicationOptions, progress: Progress): Promise<object> {
  const { source, target, id } = options;
  await source.check();
  if (options.createTarget) await target.create();
  await target.check();
  const session = randomBytes(16).toString('hex');
  const startTime = new Date().toUTCString();
  const [before, beforeThere] = await Promise.all([
    source.find<Checkpoint>(`/_local/${id}`),
    target.find<Checkpoint>(`/_local/${id}`),
  ]);
  const start = commonSeq(before, beforeThere);
  if (start !== 0) resumeCounters(progress, before?.history[0]);
  let since = start;
  const record = () => ({
    session_id: session,
    start_time: startTime,
    end_time: new Date().toUTCString(),
    start_last_seq: start,
    end_last_seq: since,
    recorded_seq: since,
    ...progress,
  });
  let isCaughtUp = false;
  for (;;) {
    const feed = await readFeed(options, since, options.continuous && isCaughtUp);
    if (feed.results.length > 0) await copy(options, feed, progress);
    if (feed.last_seq !== since) {
      since = feed.last_seq;
      await saveCheckpoint(options, { session_id: session, source_last_seq: since, history: [record()] });
    }
    if (feed.results.length >= BATCH) continue;
    if (!options.continuous) break;
    isCaughtUp = true;
  }
  return {
    ok: true,
    session_id: session,
    source_last_seq: since,
    replication_id_version: 4,
    history: [record()],
  };
}

/** CouchDB counts on from the last checkpoint. */
function resumeCounters(progress: Progress, last: Partial<Progress> | undefined): void {
  for (const name of COUNTERS) progress[name] = Math.max(progress[name], Number(last?.[name] ?? 0));
}

/** Where both ends agree that a former session got to; 0 when they do not. */
function commonSeq(left: Checkpoint | undefined, right: Checkpoint | undefined): string | number {
  if (!left || !right) return 0;
  if (left.session_id === right.session_id) return left.source_last_seq;
  const known = new Map(right.history.map((entry) => [entry.session_id, entry.recorded_seq]));
  return left.history.find((entry) => known.has(entry.session_id))?.recorded_seq ?? 0;
}

function readFeed(options: ReplicationOptions, since: string | number, isWaiting: boolean): Promise<Feed> {
  const query = new URLSearchParams({ style: 'all_docs', since: String(since), limit: String(BATCH) });
  if (isWaiting) {
    query.set('feed', 'longpoll');
    query.set('timeout', '30000');
  }
  if (options.docIds) query.set('filter', '_doc_ids');
  else if (options.selector) query.set('filter', '_selector');
  else if (options.filter) query.set('filter', options.filter);
  const path = `/_changes?${query}`;
  if (options.docIds) return options.source.post(path, { doc_ids: options.docIds });
  if (options.selector) return options.source.post(path, { selector: options.selector });
  return options.source.get(path);
}

async function copy({ source, target }: ReplicationOptions, feed: Feed, progress: Progress): Promise<void> {
  const revs: Record<string, string[]> = {};
  for (const { id, changes } of feed.results) revs[id] = changes.map(({ rev }) => rev);
  const missing = await target.post<Missing>('/_revs_diff', revs);
  progress.missing_checked += Object.values(revs).flat().length;
  const asked = Object.entries(missing).flatMap(([id, found]) => found.missing.map((rev) => ({ id, rev })));
  progress.missing_found += asked.length;
  if (asked.length === 0) return;
  const path = '/_bulk_get?revs=true&latest=true&attachments=true';
  const { results } = await source.post<BulkGet>(path, { docs: asked });
  const docs = results.flatMap((result) => result.docs.flatMap(({ ok }) => (ok ? [ok] : [])));
  progress.docs_read += docs.length;
  const failures = await target.post<unknown[]>('/_bulk_docs', { docs, new_edits: false });
  progress.doc_write_failures += failures.length;
  progress.docs_written += docs.length - failures.length;
}

async function saveCheckpoint(
  { source, target, id }: ReplicationOptions,
  checkpoint: Omit<Checkpoint, 'history'> & { history: object[] },
): Promise<void> {
  for (const end of [source, target]) {
    const path = `/_local/${id}`;
    const current = await end.find<{ _rev: string }>(path);
    await end.put(path, { ...checkpoint, ...(current && { _rev: current._rev }) });
  }
}
