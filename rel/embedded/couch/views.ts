// Answers of views: map rows by range or keys, and reductions by group.
import { encodeKey } from './collation.ts';
import type { Database } from './databases.ts';
import { findDocuments } from './documents.ts';
import { notFound, queryParseError } from './errors.ts';
import { type Exchange, sendJson, sendText } from './exchange.ts';
import { entries, type Range } from './level.ts';
import { type ListingOptions, readListingOptions, readQueries } from './listing-options.ts';
import { type Row, reduceRows } from './reduce.ts';
import { formatSeq } from './sequence.ts';
import { type IndexState, rowPrefix, type ViewDefinition, type ViewGroup } from './view-index.ts';

interface View {
  readonly db: Database;
  readonly group: ViewGroup;
  readonly index: number;
  readonly definition: ViewDefinition;
}

/** GET or POST `/db/_design/ddoc/_view/name`. */
export async function queryView(x: Exchange, db: Database, ddoc: string, name: string): Promise<void> {
  const view = await openView(x, db, ddoc, name);
  const options = await readListingOptions(x);
  sendText(x, 200, await answer(x, view, options));
}

/** POST `/db/_design/ddoc/_view/name/queries`. */
export async function queryViewMany(x: Exchange, db: Database, ddoc: string, name: string): Promise<void> {
  const view = await openView(x, db, ddoc, name);
  const answers: string[] = [];
  for (const options of await readQueries(x)) answers.push(await answer(x, view, options));
  sendText(x, 200, `{"results":[\n${answers.join(',\n')}\n]}`);
}

/** GET `/db/_design/ddoc/_info`. */
export async function viewInfo(x: Exchange, db: Database, ddoc: string): Promise<void> {
  const group = await x.couch.views.group(db, ddoc);
  const { seq } = await x.couch.views.state(db, group);
  const { update_seq: newest } = await db.pouch.info();
  const pending = Math.max(0, newest - seq);
  const index = {
    updates_pending: { minimum: pending, preferred: pending, total: pending },
    waiting_commit: false,
    waiting_clients: 0,
    updater_running: x.couch.views.isRunning(db, group),
    update_seq: seq,
    sizes: { file: 0, external: 0, active: 0 },
    signature: group.signature,
    purge_seq: 0,
    language: 'javascript',
    compact_running: false,
  };
  sendJson(x, 200, { name: ddoc, view_index: index });
}

async function openView(x: Exchange, db: Database, ddoc: string, name: string): Promise<View> {
  const group = await x.couch.views.group(db, ddoc);
  const index = group.views.findIndex((view) => view.name === name);
  const definition = group.views[index];
  if (!definition) throw notFound('missing_named_view');
  return { db, group, index, definition };
}

async function answer(x: Exchange, view: View, options: ListingOptions): Promise<string> {
  const { reduce } = view.definition;
  const isReduced = checkOptions(options, reduce);
  const state = await freshState(x, view, options);
  const seq = options.updateSeq ? `,"update_seq":"${formatSeq(view.db, state.seq)}"` : '';
  if (isReduced && reduce !== undefined) {
    const rows = await reduceView(view, options, reduce);
    return `{"rows":[\r\n${rows.join(',\r\n')}\r\n]${seq}}`;
  }
  const rows = await mapRows(view, options);
  const total = state.rows[view.index] ?? 0;
  const texts = options.includeDocs ? await withDocs(view.db, rows, options) : rows;
  const offset = Math.min(options.skip, total);
  return `{"total_rows":${total},"offset":${offset}${seq},"rows":[\r\n${texts.join(',\r\n')}\r\n]}`;
}

/** Whether the answer is a reduction. Throws for options that do not go together. */
function checkOptions(options: ListingOptions, reduce: string | undefined): boolean {
  if (reduce === undefined && options.reduce) throw queryParseError('Reduce is invalid for map-only views.');
  const isReduced = reduce !== undefined && options.reduce !== false;
  if (!isReduced && options.groupLevel !== undefined)
    throw queryParseError('Invalid use of grouping on a map view.');
  if (!isReduced) return false;
  if (options.includeDocs) throw queryParseError('`include_docs` is invalid for reduce');
  if (options.keys && options.keys.length > 1 && options.groupLevel !== Number.POSITIVE_INFINITY)
    throw queryParseError('Multi-key fetches for reduce views must use `group=true`');
  return true;
}

async function freshState(x: Exchange, { db, group }: View, { update }: ListingOptions): Promise<IndexState> {
  const { views, databases } = x.couch;
  if (update === 'true') return views.update(db, group);
  // A lazy update runs after the answer and keeps the database open by its own pin.
  if (update === 'lazy') void databases.use(db.name, () => views.update(db, group)).catch(() => undefined);
  return views.state(db, group);
}

/** The stretches of the index that the options ask for, in order: one, or one for each of `keys`. */
function ranges({ group, index }: View, options: ListingOptions): Range[] {
  const prefix = rowPrefix(group, index);
  if (options.keys) {
    return options.keys.map((key) => {
      const place = prefix + encodeKey(key);
      return { gte: `${place}\u0000`, lt: `${place}\u0001`, reverse: options.descending };
    });
  }
  const start = bound(prefix, options.startKey, options.startId);
  const end = bound(prefix, options.endKey, options.endId);
  const [low, high] = options.descending ? [end, start] : [start, end];
  const lowIsEnd = options.descending;
  const lowOpen = lowIsEnd && !options.inclusiveEnd;
  const highOpen = !lowIsEnd && !options.inclusiveEnd;
  const gte = low === undefined ? prefix : lowOpen ? `${low}\u0001` : low;
  const lt = high === undefined ? `${prefix}~` : highOpen ? high : `${high}\u0001`;
  if (low !== undefined && high !== undefined && Buffer.compare(Buffer.from(gte), Buffer.from(lt)) > 0)
    throw queryParseError(
      'No rows can match your key range, reverse your start_key and end_key or set descending=true',
    );
  return [{ gte, lt, reverse: options.descending }];
}

function bound(prefix: string, key: unknown, id: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  return prefix + encodeKey(key) + (id === undefined ? '' : `\u0000${id}`);
}

/** The rows as JSON texts, as they stand in the index. */
async function mapRows(view: View, options: ListingOptions): Promise<string[]> {
  const rows: string[] = [];
  let { skip } = options;
  if (options.limit === 0) return rows;
  for (const range of ranges(view, options)) {
    for await (const [, text] of entries(view.db.level, range)) {
      if (skip-- > 0) continue;
      rows.push(text);
      if (rows.length >= options.limit) return rows;
    }
  }
  return rows;
}

async function withDocs(db: Database, texts: string[], options: ListingOptions): Promise<string[]> {
  const rows = texts.map((text) => JSON.parse(text) as Row);
  const ids = rows.map(({ id, value }) => (value as { _id?: string } | null)?._id ?? id);
  const { conflicts, attachments } = options;
  const docs = await findDocuments(db, ids.map(String), { conflicts, attachments });
  return rows.map((row, index) => JSON.stringify({ ...row, doc: docs[index] ?? null }));
}

async function reduceView(view: View, options: ListingOptions, reduce: string): Promise<string[]> {
  const results: string[] = [];
  const level = options.groupLevel ?? 0;
  let { skip } = options;
  let group: Row[] = [];
  let [mark, key]: [string | undefined, unknown] = [undefined, null];
  const flush = () => {
    if (mark === undefined || skip-- > 0) return;
    results.push(JSON.stringify({ key, value: reduceRows(reduce, group) }));
  };
  walk: for (const range of ranges(view, options)) {
    for await (const [, text] of entries(view.db.level, range)) {
      const row = JSON.parse(text) as Row;
      const next = groupKey(row.key, level);
      const nextMark = level === 0 ? '' : encodeKey(next);
      if (nextMark !== mark) {
        flush();
        group = [];
        if (results.length >= options.limit) break walk;
        [mark, key] = [nextMark, next];
      }
      group.push(row);
    }
  }
  if (results.length < options.limit) flush();
  return results;
}

function groupKey(key: unknown, level: number): unknown {
  if (level === 0) return null;
  return Array.isArray(key) && key.length > level ? key.slice(0, level) : key;
}
