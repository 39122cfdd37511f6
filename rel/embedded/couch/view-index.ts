// View indexes: the rows of a design document's views, kept in the database's own LevelDB and brought up to date.
import { createHash } from 'node:crypto';
import type { Operation } from 'leveldown';
import type { StoredDoc } from 'pouchdb-core';
import { encodeKey } from './collation.ts';
import type { Database } from './databases.ts';
import { isObject } from './exchange.ts';
import { entries, find, write } from './level.ts';
import { type Emitted, mapDocuments } from './sandbox.ts';
import { fieldValue, matches, parseSelector } from './selector.ts';

const BATCH = 250;
const PREFIX = 'view/';
const NIL = '\u0000';

export interface ViewDefinition {
  readonly name: string;
  /** JavaScript, or for `language: query` the fields of a Mango index. */
  readonly map: string | { fields: string[]; filter: Record<string, unknown> };
  readonly reduce: string | undefined;
}

/** The views of one design document; `signature` changes when a map does. */
export interface ViewGroup {
  readonly signature: string;
  readonly views: readonly ViewDefinition[];
}

/** How far an index is: the last sequence it has seen and the rows of each view. */
export interface IndexState {
  readonly seq: number;
  readonly rows: readonly number[];
}

/** Reads the views out of a design document; what is not a view is left out. */
export function viewGroup(ddoc: Record<string, unknown>): ViewGroup {
  const views: ViewDefinition[] = [];
  for (const [name, view] of Object.entries(isObject(ddoc['views']) ? ddoc['views'] : {})) {
    if (!isObject(view)) continue;
    const reduce = typeof view['reduce'] === 'string' ? view['reduce'].trim() : undefined;
    if (typeof view['map'] === 'string') views.push({ name, map: view['map'], reduce });
    else if (isObject(view['map']) && isObject(view['map']['fields'])) {
      const filter = view['map']['partial_filter_selector'];
      const map = { fields: Object.keys(view['map']['fields']), filter: isObject(filter) ? filter : {} };
      views.push({ name, map, reduce });
    }
  }
  const maps = JSON.stringify(views.map(({ map }) => map));
  return { signature: createHash('md5').update(maps).digest('hex'), views };
}

/** Where the rows of one view lie: keys `prefix + encodeKey(key) + NUL + document id + NUL + n`. */
export const rowPrefix = ({ signature }: ViewGroup, view: number) => `${PREFIX}${signature}/row/${view}/`;
const stateKey = (signature: string) => `${PREFIX}${signature}/state`;
const documentKey = (signature: string, id: string) => `${PREFIX}${signature}/doc/${id}`;

/** The indexes of all databases: one update at a time for each, shared by everyone who waits for it. */
export class ViewIndexes {
  readonly #running = new Map<string, Promise<IndexState>>();

  /** Finds a design document's views. Throws 404 when it is missing. */
  async group(db: Database, ddoc: string): Promise<ViewGroup> {
    return viewGroup(await db.pouch.get(`_design/${ddoc}`));
  }

  /** Brings the index up to the database's newest change. */
  async update(db: Database, group: ViewGroup): Promise<IndexState> {
    const key = `${db.settings.uuid}/${group.signature}`;
    // An update under way may have started before the caller's last write, so its end is not enough.
    await this.#running.get(key)?.catch(() => undefined);
    const running = this.#running.get(key) ?? this.#run(key, db, group);
    return running;
  }

  /** The state of an index as it is, without an update. */
  async state(db: Database, { signature, views }: ViewGroup): Promise<IndexState> {
    const text = await find(db.level, stateKey(signature));
    return text ? (JSON.parse(text) as IndexState) : { seq: 0, rows: views.map(() => 0) };
  }

  /** Whether an update of this index is under way. */
  isRunning(db: Database, group: ViewGroup): boolean {
    return this.#running.has(`${db.settings.uuid}/${group.signature}`);
  }

  /** Removes the rows of every index that no design document asks for. */
  async cleanUp(db: Database): Promise<void> {
    const range = { startkey: '_design/', endkey: '_design0', include_docs: true };
    const { rows } = await db.pouch.allDocs(range);
    const used = new Set(rows.map(({ doc }) => viewGroup(doc ?? {}).signature));
    let after = PREFIX;
    for (;;) {
      let next: string | undefined;
      for await (const [key] of entries(db.level, { gt: after, lt: `${PREFIX}~`, limit: 1 })) next = key;
      const signature = next?.split('/')[1];
      if (signature === undefined) return;
      after = `${PREFIX}${signature}/~`;
      if (used.has(signature)) continue;
      await new Promise<void>((resolve, reject) => {
        const done = (error?: Error) => (error ? reject(error) : resolve());
        db.level.clear({ gt: `${PREFIX}${signature}/`, lt: after }, done);
      });
    }
  }

  #run(key: string, db: Database, group: ViewGroup): Promise<IndexState> {
    const running = this.#build(db, group).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }

  async #build(db: Database, group: ViewGroup): Promise<IndexState> {
    let state = await this.state(db, group);
    const { update_seq: newest } = await db.pouch.info();
    while (state.seq < newest) {
      const options = { since: state.seq, limit: BATCH, include_docs: true };
      const { results, last_seq } = await db.pouch.changes(options);
      // Documents that changed again meanwhile leave gaps: an empty answer means that nothing is left.
      const seq = results.length === 0 ? newest : Math.max(last_seq, results.at(-1)?.seq ?? 0);
      const docs = results.flatMap(({ doc, id }) => (doc && !id.startsWith('_design/') ? [doc] : []));
      state = await this.#index(db, group, state, docs, seq);
    }
    return state;
  }

  async #index(
    db: Database,
    group: ViewGroup,
    state: IndexState,
    docs: StoredDoc[],
    seq: number,
  ): Promise<IndexState> {
    const operations: Operation[] = [];
    const rows = [...state.rows];
    const count = (view: number, by: number) => {
      rows[view] = (rows[view] ?? 0) + by;
    };
    const emitted = mapAll(group, docs);
    for (const [index, doc] of docs.entries()) {
      const known = documentKey(group.signature, doc._id);
      const old = await find(db.level, known);
      for (const [view, key] of old ? (JSON.parse(old) as [number, string][]) : []) {
        operations.push({ type: 'del', key: rowPrefix(group, view) + key });
        count(view, -1);
      }
      const keys: [number, string][] = [];
      for (const [view, pairs] of (emitted[index] ?? []).entries()) {
        for (const [n, [key, value]] of pairs.entries()) {
          const place = `${encodeKey(key)}${NIL}${doc._id}${NIL}${n.toString(36).padStart(4, '0')}`;
          const text = JSON.stringify({ id: doc._id, key, value });
          operations.push({ type: 'put', key: rowPrefix(group, view) + place, value: text });
          keys.push([view, place]);
          count(view, 1);
        }
      }
      if (keys.length > 0) operations.push({ type: 'put', key: known, value: JSON.stringify(keys) });
      else if (old) operations.push({ type: 'del', key: known });
    }
    const next = { seq, rows };
    operations.push({ type: 'put', key: stateKey(group.signature), value: JSON.stringify(next) });
    await write(db.level, operations);
    return next;
  }
}

/** `result[document][view]`: what each view emits; a deleted document emits nothing. */
function mapAll({ views }: ViewGroup, docs: StoredDoc[]): Emitted[][] {
  const living = docs.filter((doc) => !doc._deleted);
  const scripts = views.flatMap(({ map }) => (typeof map === 'string' ? [map] : []));
  const fromScripts = scripts.length > 0 ? mapDocuments(scripts, living) : [];
  let [at, script] = [0, 0];
  return docs.map((doc) => {
    if (doc._deleted) return [];
    const mine = fromScripts[at++] ?? [];
    script = 0;
    return views.map(({ map }) =>
      typeof map === 'string' ? (mine[script++] ?? []) : mapFields(map.fields, map.filter, doc),
    );
  });
}

/** A Mango index holds a document when it has every field of the index and meets its partial filter. */
function mapFields(fields: string[], filter: Record<string, unknown>, doc: StoredDoc): Emitted {
  const values = fields.map((field) => fieldValue(doc, field));
  if (values.some((value) => value === undefined) || !matches(parseSelector(filter), doc)) return [];
  return [[values, null]];
}
