// Many documents at once: `_bulk_docs`, `_bulk_get`, `_all_docs`, and the revision questions of replication.
import type { AllDocsRow, Doc, OpenRev } from 'pouchdb-core';
import type { Database } from './databases.ts';
import { newId, ordered, writeDocuments, writeLocal } from './documents.ts';
import { badRequest, CouchError } from './errors.ts';
import { type Exchange, isObject, isTrue, readObject, sendJson, sendText } from './exchange.ts';
import { entries } from './level.ts';
import { type ListingOptions, readListingOptions, readQueries } from './listing-options.ts';
import { formatSeq, newestFirst } from './sequence.ts';
import { REV } from './validation.ts';

/** POST `/db/_bulk_docs`. */
export async function bulkDocs(x: Exchange, db: Database): Promise<void> {
  const body = await readObject(x);
  if (!('docs' in body)) throw badRequest('POST body must include `docs` parameter.');
  if (!Array.isArray(body['docs'])) throw badRequest('`docs` parameter must be an array.');
  const newEdits = body['new_edits'] !== false;
  const docs = body['docs'].map((doc: unknown): Doc => {
    if (!isObject(doc)) throw badRequest('Document must be a JSON object');
    return newEdits && doc['_id'] === undefined ? { ...doc, _id: newId() } : (doc as Doc);
  });
  const locals = docs.filter(({ _id }) => typeof _id === 'string' && _id.startsWith('_local/'));
  const results: unknown[] = await writeDocuments(
    x,
    db,
    docs.filter((doc) => !locals.includes(doc)),
    newEdits,
  );
  for (const doc of locals) results.push(await writeLocal(db, doc));
  sendJson(x, 201, results.map(withoutStatus));
}

const withoutStatus = (result: unknown) => {
  const { status: _status, ...rest } = result as { status?: number };
  return rest;
};

/** POST `/db/_bulk_get`. */
export async function bulkGet(x: Exchange, db: Database): Promise<void> {
  const body = await readObject(x);
  if (!Array.isArray(body['docs'])) throw badRequest("Missing JSON list of 'docs'.");
  const options = {
    revs: isTrue(x, 'revs'),
    latest: isTrue(x, 'latest'),
    attachments: isTrue(x, 'attachments'),
  };
  const results: { id: string; docs: object[] }[] = [];
  for (const asked of body['docs'] as unknown[]) {
    if (!isObject(asked) || typeof asked['id'] !== 'string') throw badRequest('`id` must be a string.');
    const { id, rev } = asked;
    if (rev !== undefined && (typeof rev !== 'string' || !REV.test(rev))) {
      const error = { rev, reason: 'Invalid rev format', id, error: 'bad_request' };
      results.push({ id, docs: [{ error }] });
      continue;
    }
    results.push({ id, docs: await getRevisions(db, id, rev, options) });
  }
  sendJson(x, 200, { results });
}

async function getRevisions(db: Database, id: string, rev: string | undefined, options: object) {
  const missing = (which: string) => ({
    error: { rev: which, reason: 'missing', id, error: 'not_found' },
  });
  try {
    const found: OpenRev[] =
      rev === undefined
        ? [{ ok: await db.pouch.get(id, options) }]
        : await db.pouch.get(id, { ...options, open_revs: [rev] });
    return found.map((one) => ('ok' in one ? { ok: ordered(one.ok) } : missing(one.missing)));
  } catch (error) {
    if ((error as { status?: number }).status !== 404) throw error;
    return [missing(rev ?? 'undefined')];
  }
}

/** GET and POST `/db/_all_docs`, and `/db/_design_docs` with its own bounds. */
export async function allDocs(x: Exchange, db: Database, prefix = ''): Promise<void> {
  const options = await readListingOptions(x);
  sendText(x, 200, await listDocuments(db, options, prefix));
}

/** POST `/db/_all_docs/queries`. */
export async function allDocsQueries(x: Exchange, db: Database): Promise<void> {
  const answers: string[] = [];
  for (const options of await readQueries(x)) answers.push(await listDocuments(db, options, ''));
  sendText(x, 200, `{"results":[\n${answers.join(',\n')}\n]}`);
}

async function listDocuments(db: Database, options: ListingOptions, prefix: string): Promise<string> {
  const { rows, total_rows: total } = await db.pouch.allDocs({
    ...bounds(options, prefix),
    ...(Number.isFinite(options.limit) && { limit: options.limit }),
    skip: options.skip,
    descending: options.descending,
    include_docs: options.includeDocs,
    conflicts: options.conflicts,
    attachments: options.attachments,
  });
  const offset = options.keys ? null : options.skip;
  const seq = options.updateSeq ? formatSeq(db, (await db.pouch.info()).update_seq) : undefined;
  const head = JSON.stringify({ total_rows: total, offset, ...(seq && { update_seq: seq }) });
  const texts = rows.map((row) => JSON.stringify(listed(row, options.includeDocs)));
  return `${head.slice(0, -1)},"rows":[\r\n${texts.join(',\r\n')}\r\n]}`;
}

function bounds({ keys, startKey, endKey, inclusiveEnd, descending }: ListingOptions, prefix: string) {
  if (keys) return { keys: keys.map((key) => (typeof key === 'string' ? key : JSON.stringify(key))) };
  const [low, high] = descending ? [`${prefix}\uffff`, prefix] : [prefix, `${prefix}\uffff`];
  const start = typeof startKey === 'string' ? startKey : prefix ? low : undefined;
  const end = typeof endKey === 'string' ? endKey : prefix ? high : undefined;
  return {
    ...(start !== undefined && { startkey: start }),
    ...(end !== undefined && { endkey: end, inclusive_end: inclusiveEnd }),
  };
}

function listed(row: AllDocsRow, includeDocs: boolean): object {
  if (row.error !== undefined) return { key: row.key, error: row.error };
  if (!includeDocs) return row;
  return { id: row.id, key: row.key, value: row.value, doc: row.doc ? ordered(row.doc) : null };
}

/** GET `/db/_local_docs`: PouchDB has no such listing, so it is read from its local store. */
export async function localDocs(x: Exchange, db: Database): Promise<void> {
  const rows: object[] = [];
  const store = '\u00fflocal-store\u00ff';
  for await (const [key, text] of entries(db.level, { gte: `${store}_local/`, lt: `${store}_local0` })) {
    const id = key.slice(store.length);
    rows.push({ id, key: id, value: { rev: (JSON.parse(text) as Doc)._rev } });
  }
  sendJson(x, 200, { total_rows: null, offset: null, rows });
}

async function readRevs(x: Exchange): Promise<Record<string, string[]>> {
  const body = await readObject(x);
  for (const revs of Object.values(body))
    if (!Array.isArray(revs) || !revs.every((rev) => typeof rev === 'string' && REV.test(rev)))
      throw badRequest('Invalid rev format');
  return body as Record<string, string[]>;
}

/** POST `/db/_revs_diff`. */
export async function revsDiff(x: Exchange, db: Database): Promise<void> {
  const asked = await readRevs(x);
  const diff = await db.pouch.revsDiff(asked);
  const answer: Record<string, object> = {};
  for (const [id, { missing }] of Object.entries(diff)) {
    if (missing.length === 0) continue;
    const leaves = await leafRevs(db, id);
    const newest = Math.max(...missing.map((rev) => Number.parseInt(rev, 10)));
    const ancestors = leaves.filter((rev) => Number.parseInt(rev, 10) < newest);
    answer[id] = {
      missing,
      ...(ancestors.length > 0 && { possible_ancestors: ancestors.sort(newestFirst) }),
    };
  }
  sendJson(x, 200, answer);
}

async function leafRevs(db: Database, id: string): Promise<string[]> {
  try {
    const leaves = await db.pouch.get(id, { open_revs: 'all' });
    return leaves.flatMap((leaf) => ('ok' in leaf ? [leaf.ok._rev] : []));
  } catch (error) {
    if ((error as { status?: number }).status === 404) return [];
    throw error;
  }
}

/** POST `/db/_missing_revs`. */
export async function missingRevs(x: Exchange, db: Database): Promise<void> {
  const diff = await db.pouch.revsDiff(await readRevs(x));
  const missing = Object.entries(diff).map(([id, found]) => [id, found.missing]);
  sendJson(x, 200, { missing_revs: Object.fromEntries(missing) });
}

/** POST `/db/_purge` is not offered: PouchDB's LevelDB store cannot purge. */
export function purge(): never {
  throw new CouchError(501, 'not_implemented', 'This server does not purge documents.');
}
