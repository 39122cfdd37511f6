// The addresses below a database: itself, its underscore resources, design documents, documents, attachments.
import { attachment } from './attachments.ts';
import * as bulk from './bulk.ts';
import { changesFeed } from './changes.ts';
import { checkDatabaseName, type Database } from './databases.ts';
import * as documents from './documents.ts';
import { badRequest, CouchError, databaseMissing, methodNotAllowed, notFound } from './errors.ts';
import { type Exchange, isObject, readJson, readObject, sendJson } from './exchange.ts';
import { createIndex, deleteIndex, explain, find, listIndexes } from './find.ts';
import { formatSeq } from './sequence.ts';
import { checkId } from './validation.ts';
import { queryView, queryViewMany, viewInfo } from './views.ts';

type Handler = (x: Exchange, db: Database) => Promise<void> | void;

const READ_POST = ['GET', 'HEAD', 'POST'];
const READ_PUT = ['GET', 'HEAD', 'PUT'];

/** By the first part of the path below the database, when nothing or only known words follow. */
const RESOURCES: Record<string, { methods: readonly string[]; run: Handler }> = {
  _all_docs: { methods: READ_POST, run: (x, db) => bulk.allDocs(x, db) },
  _design_docs: { methods: READ_POST, run: (x, db) => bulk.allDocs(x, db, '_design/') },
  _local_docs: { methods: READ_POST, run: bulk.localDocs },
  _bulk_docs: { methods: ['POST'], run: bulk.bulkDocs },
  _bulk_get: { methods: ['POST'], run: bulk.bulkGet },
  _revs_diff: { methods: ['POST'], run: bulk.revsDiff },
  _missing_revs: { methods: ['POST'], run: bulk.missingRevs },
  _purge: { methods: ['POST'], run: bulk.purge },
  _find: { methods: ['POST'], run: find },
  _explain: { methods: ['POST'], run: explain },
  _index: {
    methods: READ_POST,
    run: (x, db) => (x.method === 'POST' ? createIndex(x, db) : listIndexes(x, db)),
  },
  _ensure_full_commit: {
    methods: ['POST'],
    run: (x, db) => sendJson(x, 201, { ok: true, instance_start_time: String(db.settings.createdAt) }),
  },
  _security: { methods: READ_PUT, run: security },
  _revs_limit: { methods: READ_PUT, run: revsLimit },
  _purged_infos_limit: { methods: READ_PUT, run: (x) => sendJson(x, 200, 1000) },
  _compact: { methods: ['POST'], run: compact },
  _view_cleanup: { methods: ['POST'], run: cleanUp },
};

/** Whatever has a database as the first part of its path. */
export async function databaseRequest(x: Exchange): Promise<void> {
  const [name = '', ...rest] = x.path;
  const { databases, auth } = x.couch;
  if (rest.length === 0 && (x.method === 'PUT' || x.method === 'DELETE')) return changeDatabase(x, name);
  if (!databases.has(name)) throw databaseMissing();
  auth.requireMember(x, databases.settings(name));
  if (rest[0] === '_changes' && rest.length === 1) {
    allow(x, READ_POST);
    return changesFeed(x, name);
  }
  await databases.use(name, async (db) => route(x, db, rest));
}

async function route(x: Exchange, db: Database, rest: string[]): Promise<void> {
  const [first = '', second, ...more] = rest;
  if (rest.length === 0) {
    allow(x, ['DELETE', 'GET', 'HEAD', 'POST']);
    if (x.method === 'POST') return documents.postDocument(x, db);
    return sendJson(x, 200, await databaseInfo(db));
  }
  const resource = Object.hasOwn(RESOURCES, first) ? RESOURCES[first] : undefined;
  if (resource && rest.length === 1) {
    allow(x, resource.methods);
    return resource.run(x, db);
  }
  if (first === '_all_docs' && second === 'queries') return bulk.allDocsQueries(x, db);
  if (first === '_compact') return compact(x, db);
  if (first === '_index' && x.method === 'DELETE') return removeIndex(x, db, rest.slice(1));
  if (first === '_local' && second !== undefined) {
    allow(x, ['DELETE', 'GET', 'HEAD', 'PUT']);
    return documents.localDocument(x, db, [second, ...more].join('/'));
  }
  // `_design/x` comes as two parts, or as one when its slash is encoded.
  if (first === '_design' && second !== undefined) return designRequest(x, db, second, more);
  if (first.startsWith('_design/')) return designRequest(x, db, first.slice(8), rest.slice(1));
  if (first.startsWith('_local/')) return documents.localDocument(x, db, first.slice(7));
  return documentRequest(x, db, first, rest.slice(1));
}

function allow(x: Exchange, methods: readonly string[]): void {
  if (!methods.includes(x.method)) throw methodNotAllowed([...methods].sort());
}

async function designRequest(x: Exchange, db: Database, ddoc: string, rest: string[]): Promise<void> {
  const [word, name, extra] = rest;
  if (word === '_info' && rest.length === 1) {
    allow(x, ['GET', 'HEAD']);
    return viewInfo(x, db, ddoc);
  }
  if (word === '_view' && name !== undefined) {
    allow(x, READ_POST);
    if (extra === 'queries') return queryViewMany(x, db, ddoc, name);
    return queryView(x, db, ddoc, name);
  }
  await documentRequest(x, db, `_design/${ddoc}`, rest);
}

async function documentRequest(x: Exchange, db: Database, id: string, rest: string[]): Promise<void> {
  if (x.method === 'PUT' || x.method === 'DELETE') checkId(id);
  else if (id.startsWith('_') && !id.startsWith('_design/')) throw notFound();
  if (rest.length > 0) {
    allow(x, ['DELETE', 'GET', 'HEAD', 'PUT']);
    return attachment(x, db, id, rest.join('/'));
  }
  switch (x.method) {
    case 'GET':
    case 'HEAD':
      return documents.getDocument(x, db, id);
    case 'PUT':
      return documents.putDocument(x, db, id);
    case 'DELETE':
      return documents.deleteDocument(x, db, id);
    case 'COPY':
      return documents.copyDocument(x, db, id);
    case 'POST':
      throw badRequest('Referer header required.');
    default:
      throw methodNotAllowed(['DELETE', 'GET', 'HEAD', 'POST', 'PUT', 'COPY']);
  }
}

async function changeDatabase(x: Exchange, name: string): Promise<void> {
  const { auth, databases } = x.couch;
  auth.requireAdmin(x);
  if (x.method === 'PUT') {
    for (const knob of ['q', 'n']) {
      const value = x.query.get(knob);
      if (value !== null && !/^[1-9]\d*$/.test(value))
        throw badRequest(`The \`${knob}\` value should be a positive integer.`);
    }
    checkDatabaseName(name);
    await databases.create(name);
    const host = x.req.headers.host ?? 'localhost';
    return sendJson(x, 201, { ok: true }, { Location: `http://${host}/${encodeURIComponent(name)}` });
  }
  if (x.query.has('rev'))
    throw badRequest(
      'You tried to DELETE a database with a ?=rev parameter. Did you mean to DELETE a document instead?',
    );
  await databases.destroy(name);
  sendJson(x, 200, { ok: true });
}

/** What GET `/db` tells. Sequences are per database here, so `q` is one. */
export async function databaseInfo(db: Database): Promise<object> {
  const { doc_count: count, update_seq: seq } = await db.pouch.info();
  const file = await new Promise<number>((resolve) => {
    db.level.approximateSize('\u0000', '\uffff', (_error, size) => resolve(size ?? 0));
  });
  return {
    instance_start_time: String(db.settings.createdAt),
    db_name: db.name,
    purge_seq: `0-${db.settings.uuid}`,
    update_seq: formatSeq(db, seq),
    sizes: { file, external: file, active: file },
    props: {},
    doc_del_count: 0,
    doc_count: count,
    disk_format_version: 8,
    compact_running: false,
    cluster: { q: 1, n: 1, w: 1, r: 1 },
  };
}

async function security(x: Exchange, db: Database): Promise<void> {
  if (x.method !== 'PUT') return sendJson(x, 200, db.settings.security);
  x.couch.auth.requireDatabaseAdmin(x, db.settings);
  const body = await readJson(x);
  const isGood = isObject(body) && ['admins', 'members'].every((group) => isGroup(body[group]));
  if (!isGood) throw new CouchError(500, 'error', 'no_majority');
  await x.couch.databases.changeSettings(db.name, { security: body });
  sendJson(x, 200, { ok: true });
}

const isGroup = (group: unknown) =>
  group === undefined ||
  (isObject(group) &&
    [group['names'], group['roles']].every((list) => list === undefined || Array.isArray(list)));

async function revsLimit(x: Exchange, db: Database): Promise<void> {
  if (x.method !== 'PUT') return sendJson(x, 200, db.settings.revsLimit);
  x.couch.auth.requireDatabaseAdmin(x, db.settings);
  const limit = await readJson(x);
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1)
    throw badRequest('`revs_limit` must be a positive integer.');
  await x.couch.databases.changeSettings(db.name, { revsLimit: limit });
  sendJson(x, 200, { ok: true });
}

async function compact(x: Exchange, db: Database): Promise<void> {
  x.couch.auth.requireDatabaseAdmin(x, db.settings);
  await readObject(x).catch((error: unknown) => {
    if (error instanceof CouchError && error.status === 415) throw error;
  });
  await db.pouch.compact();
  sendJson(x, 202, { ok: true });
}

async function cleanUp(x: Exchange, db: Database): Promise<void> {
  x.couch.auth.requireDatabaseAdmin(x, db.settings);
  await x.couch.views.cleanUp(db);
  sendJson(x, 202, { ok: true });
}

/** `ddoc/json/name` or `_design/ddoc/json/name`. */
async function removeIndex(x: Exchange, db: Database, rest: string[]): Promise<void> {
  const parts = rest.flatMap((part) => part.split('/')).filter((part, at) => at > 0 || part !== '_design');
  const [ddoc, kind, name] = parts;
  if (ddoc === undefined || kind !== 'json' || name === undefined) throw notFound();
  await deleteIndex(x, db, ddoc, name);
}
