// The changes feed: normal, longpoll and continuous, with filters.
import type { Change, StoredDoc } from 'pouchdb-core';
import type { Database } from './databases.ts';
import { badRequest, CouchError, databaseMissing, notFound } from './errors.ts';
import { type Exchange, isObject, isTrue, parseJson, readBody, toCount } from './exchange.ts';
import { callFunction, mapDocuments } from './sandbox.ts';
import { parseSelector } from './selector.ts';
import { formatSeq, newestFirst, parseSeq } from './sequence.ts';

const DEFAULT_TIMEOUT = 60_000;
/** How many changes one read of a feed takes, so that a long catch-up stays small in memory. */
const PAGE = 1000;

type Filter = (doc: StoredDoc) => boolean;

interface FeedOptions {
  readonly filter: Filter | undefined;
  readonly docIds: string[] | undefined;
  readonly limit: number;
  readonly includeDocs: boolean;
  readonly conflicts: boolean;
  readonly attachments: boolean;
  readonly descending: boolean;
  readonly style: string;
}

interface Page {
  readonly changes: Change[];
  readonly seq: number;
  readonly newest: number;
}

const FEEDS = ['normal', 'continuous', 'live', 'longpoll'];

/** GET and POST `/db/_changes`. A waiting feed does not keep its database open. */
export async function changesFeed(x: Exchange, name: string): Promise<void> {
  const kind = x.query.get('feed') ?? 'normal';
  if (!FEEDS.includes(kind))
    throw badRequest('Supported `feed` types: normal, continuous, live, longpoll, eventsource');
  const text = x.method === 'POST' ? (await readBody(x)).toString('utf8') : '';
  const body = text.trim() === '' ? {} : parseJson(text);
  if (!isObject(body)) throw badRequest('Request body must be a JSON object');
  const { databases } = x.couch;
  const options = await databases.use(name, (db) => readOptions(x, db, body));
  const given = x.query.get('since') ?? x.req.headers['last-event-id'] ?? '0';
  const since = await databases.use(name, async ({ pouch }) =>
    parseSeq(String(given), (await pouch.info()).update_seq),
  );
  if (kind === 'normal') return normal(x, name, options, since);
  await follow(x, name, options, since, kind === 'longpoll');
}

async function readOptions(x: Exchange, db: Database, body: Record<string, unknown>): Promise<FeedOptions> {
  const limit = x.query.get('limit');
  return {
    ...(await readFilter(x, db, body)),
    limit: limit === null ? Number.POSITIVE_INFINITY : toCount(limit),
    includeDocs: isTrue(x, 'include_docs'),
    conflicts: isTrue(x, 'conflicts'),
    attachments: isTrue(x, 'attachments'),
    descending: isTrue(x, 'descending'),
    style: x.query.get('style') ?? 'main_only',
  };
}

async function readFilter(
  x: Exchange,
  db: Database,
  body: Record<string, unknown>,
): Promise<{ filter: Filter | undefined; docIds: string[] | undefined }> {
  const name = x.query.get('filter');
  if (name === '_doc_ids') {
    const ids: unknown = body['doc_ids'] ?? parseJson(x.query.get('doc_ids') ?? 'null');
    if (!Array.isArray(ids)) throw badRequest('`doc_ids` filter parameter is not a list.');
    return { filter: undefined, docIds: ids.map(String) };
  }
  return { filter: name === null ? undefined : await namedFilter(x, db, body, name), docIds: undefined };
}

async function namedFilter(
  x: Exchange,
  db: Database,
  body: Record<string, unknown>,
  name: string,
): Promise<Filter> {
  if (name === '_design') return (doc) => doc._id.startsWith('_design/');
  if (name === '_selector') {
    if (!('selector' in body)) throw badRequest('Selector must be specified in POST payload');
    return selectorFilter(body['selector']);
  }
  const [ddoc = '', member = ''] = (name === '_view' ? (x.query.get('view') ?? '') : name).split('/');
  if (member === '') throw badRequest('`filter` must be of the form `designname/filtername`');
  const design = await db.pouch.get(`_design/${ddoc}`);
  const holder = name === '_view' ? 'views' : 'filters';
  const members = design[holder];
  if (!isObject(members)) throw notFound(`missing json key: ${holder}`);
  const found = members[member];
  const source = isObject(found) ? found['map'] : found;
  if (typeof source !== 'string') throw notFound(`missing json key: ${member}`);
  if (name === '_view') return (doc) => (mapDocuments([source], [doc])[0]?.[0]?.length ?? 0) > 0;
  const { name: user, roles } = x.user;
  const req = {
    query: Object.fromEntries(x.query),
    method: x.method,
    userCtx: { db: db.name, name: user, roles },
  };
  return (doc) => Boolean(callFunction(source, [doc, req]));
}

/** Here, unlike in `_find`, CouchDB calls every mistake in a selector a bad request. */
function selectorFilter(selector: unknown): Filter {
  try {
    return parseSelector(selector);
  } catch (error) {
    throw error instanceof CouchError ? badRequest(error.reason) : error;
  }
}

async function readPage(db: Database, options: FeedOptions, since: number, limit: number): Promise<Page> {
  const { update_seq: newest } = await db.pouch.info();
  if (limit === 0) return { changes: [], seq: since, newest };
  const isAll = !Number.isFinite(limit);
  const { results, last_seq } = await db.pouch.changes({
    since,
    ...(!isAll && { limit }),
    ...(options.docIds && { doc_ids: options.docIds }),
    ...(options.filter && { filter: options.filter }),
    include_docs: options.includeDocs,
    conflicts: options.conflicts && options.includeDocs,
    attachments: options.attachments,
    descending: options.descending,
    style: options.style,
  });
  const last = results.at(-1)?.seq;
  const isCut = results.length >= limit && last !== undefined;
  return { changes: results, seq: isCut ? last : Math.max(newest, last_seq, since), newest };
}

function line(db: Database, change: Change): string {
  const { seq, id, changes, deleted, doc } = change;
  const { _id, _rev, ...rest } = doc ?? { _id: '', _rev: '' };
  return JSON.stringify({
    seq: formatSeq(db, seq),
    id,
    changes: changes.length > 1 ? [...changes].sort((a, b) => newestFirst(a.rev, b.rev)) : changes,
    ...(deleted && { deleted }),
    ...(doc && { doc: { _id, _rev, ...rest } }),
  });
}

async function normal(x: Exchange, name: string, options: FeedOptions, since: number): Promise<void> {
  const { lines, end } = await x.couch.databases.use(name, async (db) => {
    const page = await readPage(db, options, since, options.limit);
    return { lines: page.changes.map((change) => line(db, change)), end: tail(db, page) };
  });
  x.res.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'must-revalidate' });
  x.res.end(`{"results":[\n${lines.join(',\n')}\n],\n${end}}\n\n`);
}

const tail = (db: Database, { seq, newest }: Page) =>
  `"last_seq":"${formatSeq(db, seq)}","pending":${Math.max(0, newest - seq)}`;

/** Sends changes as they come, until the limit, the timeout, the client's leaving or the server's stop. */
async function follow(
  x: Exchange,
  name: string,
  options: FeedOptions,
  since: number,
  isLongpoll: boolean,
): Promise<void> {
  const waiter = new Waiter(x, name);
  let [seq, left, sent] = [since, options.limit, 0];
  let end = '';
  try {
    x.res.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'must-revalidate' });
    x.res.flushHeaders();
    if (isLongpoll) x.res.write('{"results":[\n');
    for (;;) {
      waiter.arm();
      const page = await x.couch.databases.use(name, async (db) => {
        const found = await readPage(db, options, seq, Math.min(left, PAGE));
        const texts = found.changes.map((change) => line(db, change));
        end = tail(db, found);
        if (isLongpoll && texts.length > 0) x.res.write((sent > 0 ? ',\n' : '') + texts.join(',\n'));
        else if (texts.length > 0) x.res.write(`${texts.join('\n')}\n`);
        return found;
      });
      seq = page.seq;
      sent += page.changes.length;
      left -= page.changes.length;
      if (left <= 0) break;
      if (page.changes.length >= PAGE) continue;
      if (isLongpoll && sent > 0) break;
      if (!(await waiter.wait())) break;
    }
  } finally {
    waiter.release();
  }
  x.res.end(isLongpoll ? `\n],\n${end}}\n\n` : `{${end}}\n`);
}

function readHeartbeat(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw badRequest('Invalid heartbeat value. Expecting a positive integer value (in milliseconds).');
}

/** Waits for the next write of a database; false when the feed must end. Keeps the line warm meanwhile. */
class Waiter {
  readonly #x: Exchange;
  readonly #release: (() => void)[] = [];
  readonly #timeout: number;
  readonly #heartbeat: number | undefined;
  #changed = false;
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(x: Exchange, name: string) {
    this.#x = x;
    const heartbeat = x.query.get('heartbeat');
    this.#heartbeat =
      heartbeat === null || heartbeat === 'false'
        ? undefined
        : heartbeat === 'true'
          ? DEFAULT_TIMEOUT
          : readHeartbeat(heartbeat);
    const timeout = x.query.get('timeout');
    this.#timeout = timeout === null ? DEFAULT_TIMEOUT : Math.min(DEFAULT_TIMEOUT, toCount(timeout));
    const feed = x.couch.databases.feed(name);
    if (!feed) throw databaseMissing();
    const onChange = () => {
      this.#changed = true;
      this.#wake();
    };
    const onEnd = () => {
      this.#ended = true;
      this.#wake();
    };
    feed.on('change', onChange).on('gone', onEnd);
    x.res.on('close', onEnd);
    x.couch.stopping.addEventListener('abort', onEnd);
    this.#release.push(
      () => feed.off('change', onChange).off('gone', onEnd),
      () => x.res.off('close', onEnd),
      () => x.couch.stopping.removeEventListener('abort', onEnd),
    );
    if (x.couch.stopping.aborted) this.#ended = true;
  }

  /** To be called before reading: a write that comes during the read then ends the next wait at once. */
  arm(): void {
    this.#changed = false;
  }

  async wait(): Promise<boolean> {
    if (this.#ended) return false;
    if (this.#changed) return true;
    let timer: NodeJS.Timeout;
    // A heartbeat replaces the timeout: the feed then lasts until the client leaves.
    if (this.#heartbeat !== undefined) timer = setInterval(() => this.#x.res.write('\n'), this.#heartbeat);
    else timer = setTimeout(() => this.#wake(), this.#timeout);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    clearTimeout(timer);
    return this.#changed && !this.#ended;
  }

  release(): void {
    for (const release of this.#release) release();
  }
}
