// Mango: `_index`, `_find` and `_explain` over view indexes of `language: query`.
import { createHash } from 'node:crypto';
import type { StoredDoc } from 'pouchdb-core';
import type { Database } from './databases.ts';
import { findDocuments, ordered, writeOne } from './documents.ts';
import { CouchError, notFound } from './errors.ts';
import { type Exchange, isObject, readObject, sendJson, sendText } from './exchange.ts';
import { type FindRequest, type MangoIndex, plan, readFindRequest } from './find-plan.ts';
import { entries } from './level.ts';
import { fieldValue, splitPath } from './selector.ts';
import { rowPrefix, viewGroup } from './view-index.ts';

const SCAN = 100;

const missingKey = (key: string) =>
  new CouchError(400, 'missing_required_key', `Missing required key: ${key}`);

/** POST `/db/_index`. */
export async function createIndex(x: Exchange, db: Database): Promise<void> {
  x.couch.auth.requireDatabaseAdmin(x, db.settings);
  const body = await readObject(x);
  const { index } = body;
  if (index === undefined) throw missingKey('index');
  if (!isObject(index) || !Array.isArray(index['fields']) || index['fields'].length === 0)
    throw missingKey('fields');
  const fields = index['fields'].map((field: unknown) => {
    const entry = isObject(field) ? Object.entries(field)[0] : [field, 'asc'];
    if (!entry || typeof entry[0] !== 'string')
      throw new CouchError(400, 'invalid_sort_field', `Invalid sort field: ${JSON.stringify(field)}`);
    return [entry[0], entry[1]] as [string, unknown];
  });
  const filter = index['partial_filter_selector'] ?? {};
  const hash = createHash('sha1')
    .update(JSON.stringify([fields, filter]))
    .digest('hex');
  const name = typeof body['name'] === 'string' ? body['name'] : hash;
  const id = `_design/${typeof body['ddoc'] === 'string' ? body['ddoc'].replace(/^_design\//, '') : hash}`;
  const view = {
    map: { fields: Object.fromEntries(fields), partial_filter_selector: filter },
    reduce: '_count',
    options: { def: { fields: index['fields'] } },
  };
  const current = await db.pouch.get(id).catch(() => undefined);
  const views = isObject(current?.['views']) ? current['views'] : {};
  const isKnown = JSON.stringify(views[name]) === JSON.stringify(view);
  if (!isKnown)
    await writeOne(x, db, { ...current, _id: id, language: 'query', views: { ...views, [name]: view } });
  sendJson(x, 200, { result: isKnown ? 'exists' : 'created', id, name });
}

/** GET `/db/_index`. */
export async function listIndexes(x: Exchange, db: Database): Promise<void> {
  const indexes = (await findIndexes(db)).map(describe);
  sendJson(x, 200, { total_rows: indexes.length + 1, indexes: [ALL_DOCS, ...indexes] });
}

/** DELETE `/db/_index/ddoc/json/name`. */
export async function deleteIndex(x: Exchange, db: Database, ddoc: string, name: string): Promise<void> {
  x.couch.auth.requireDatabaseAdmin(x, db.settings);
  const doc = await db.pouch.get(`_design/${ddoc}`);
  const views = isObject(doc['views']) ? doc['views'] : {};
  if (!Object.hasOwn(views, name)) throw notFound();
  const { [name]: _removed, ...kept } = views;
  const isEmpty = Object.keys(kept).length === 0;
  await writeOne(x, db, { ...doc, views: kept, ...(isEmpty && { _deleted: true }) });
  sendJson(x, 200, { ok: true });
}

const ALL_DOCS = { ddoc: null, name: '_all_docs', type: 'special', def: { fields: [{ _id: 'asc' }] } };

function describe({ ddoc, view }: MangoIndex): object {
  const def = { fields: view.map.fields.map((field) => ({ [field]: 'asc' })) };
  return { ddoc: `_design/${ddoc}`, name: view.name, type: 'json', partitioned: false, def };
}

async function findIndexes(db: Database): Promise<MangoIndex[]> {
  const options = { startkey: '_design/', endkey: '_design0', include_docs: true };
  const { rows } = await db.pouch.allDocs(options);
  return rows.flatMap(({ doc }) => {
    if (doc?.['language'] !== 'query') return [];
    const group = viewGroup(doc);
    return group.views.flatMap(({ name, map }, at): MangoIndex[] =>
      typeof map === 'string'
        ? []
        : [{ ddoc: doc._id.slice('_design/'.length), group, at, view: { name, map } }],
    );
  });
}

/** POST `/db/_explain`. */
export async function explain(x: Exchange, db: Database): Promise<void> {
  const request = readFindRequest(await readObject(x));
  const { index } = plan(request, await findIndexes(db));
  sendJson(x, 200, {
    dbname: db.name,
    index: index ? describe(index) : ALL_DOCS,
    partitioned: false,
    selector: request.source,
    opts: { limit: request.limit, skip: request.skip, sort: {}, fields: request.fields ?? [], r: 1 },
    limit: request.limit,
    skip: request.skip,
    fields: request.fields ?? 'all_fields',
  });
}

/** POST `/db/_find`. */
export async function find(x: Exchange, db: Database): Promise<void> {
  const started = performance.now();
  const request = readFindRequest(await readObject(x));
  const { index, low, high, reverse } = plan(request, await findIndexes(db));
  const candidates = index
    ? scanIndex(x, db, index, { low, high, reverse, after: request.after })
    : scanAll(db, request.after, reverse);
  const docs: string[] = [];
  let [mark, examined, skip] = ['', 0, request.skip];
  if (request.limit > 0)
    for await (const [place, doc] of candidates) {
      examined += 1;
      if (!request.selector(doc) || skip-- > 0) continue;
      if (request.conflicts) await addConflicts(db, doc);
      docs.push(JSON.stringify(project(ordered(doc), request.fields)));
      mark = place;
      if (docs.length >= request.limit) break;
    }
  const bookmark = mark === '' ? (request.bookmark ?? 'nil') : Buffer.from(mark).toString('base64url');
  const time = Math.round((performance.now() - started) * 1000) / 1000;
  const stats = {
    total_keys_examined: examined,
    total_docs_examined: examined,
    total_quorum_docs_examined: 0,
    results_returned: docs.length,
    execution_time_ms: time,
  };
  const members = [
    `"docs":[\n${docs.join(',\n')}\n]`,
    `"bookmark": ${JSON.stringify(bookmark)}`,
    ...(request.wantsStats ? [`"execution_stats": ${JSON.stringify(stats)}`] : []),
    ...(index || isAboutIds(request)
      ? []
      : ['"warning": "No matching index found, create an index to optimize query time."']),
  ];
  sendText(x, 200, `{${members.join(',\n')}}\n`);
}

const isAboutIds = ({ source }: FindRequest) => Object.hasOwn(source, '_id');

async function addConflicts(db: Database, doc: StoredDoc): Promise<void> {
  const { _conflicts } = await db.pouch.get(doc._id, { conflicts: true });
  if (_conflicts !== undefined) doc['_conflicts'] = _conflicts;
}

interface Scan {
  low: string;
  high: string;
  reverse: boolean;
  after: string | undefined;
}

async function* scanIndex(
  x: Exchange,
  db: Database,
  { group, at }: MangoIndex,
  { low, high, reverse, after }: Scan,
): AsyncGenerator<[string, StoredDoc]> {
  await x.couch.views.update(db, group);
  const prefix = rowPrefix(group, at);
  const range = { gte: prefix + low, lt: prefix + high, reverse };
  const bounds =
    after === undefined
      ? range
      : reverse
        ? { ...range, lt: prefix + after }
        : { gt: prefix + after, lt: range.lt, reverse };
  const batch: Place[] = [];
  for await (const [key, text] of entries(db.level, bounds)) {
    batch.push([key.slice(prefix.length), (JSON.parse(text) as { id: string }).id]);
    const isFull: boolean = batch.length >= SCAN;
    if (isFull) yield* fetchAll(db, batch.splice(0));
  }
  yield* fetchAll(db, batch);
}

/** Where a row lies below its view's prefix, and the document that it points to. */
type Place = [key: string, id: string];

async function* fetchAll(db: Database, places: Place[]): AsyncGenerator<[string, StoredDoc]> {
  if (places.length === 0) return;
  const docs = await findDocuments(
    db,
    places.map(([, id]) => id),
  );
  for (const [index, [place]] of places.entries()) {
    const doc = docs[index];
    if (doc) yield [place, doc];
  }
}

async function* scanAll(
  db: Database,
  after: string | undefined,
  descending: boolean,
): AsyncGenerator<[string, StoredDoc]> {
  let last = after;
  for (;;) {
    const from = last === undefined ? {} : { startkey: last, skip: 1 };
    const { rows } = await db.pouch.allDocs({ ...from, descending, include_docs: true, limit: SCAN });
    for (const { doc } of rows) if (doc && !doc._id.startsWith('_design/')) yield [doc._id, doc];
    last = rows.at(-1)?.key;
    if (rows.length < SCAN) return;
  }
}

function project(doc: StoredDoc, fields: string[] | undefined): object {
  if (!fields) return doc;
  const result: Record<string, unknown> = {};
  for (const field of fields) {
    const value = fieldValue(doc, field);
    if (value === undefined) continue;
    const path = splitPath(field);
    const last = path.pop() ?? field;
    let holder = result;
    for (const part of path) {
      if (!isObject(holder[part])) holder[part] = {};
      holder = holder[part] as Record<string, unknown>;
    }
    holder[last] = value;
  }
  return result;
}
