// Single documents: reading with every option, writing, deleting, copying, and `_local` documents.
import { randomBytes } from 'node:crypto';
import type { AttachmentStub, Doc, OpenRev, StoredDoc } from 'pouchdb-core';
import { hashPassword } from './auth.ts';
import type { Database } from './databases.ts';
import { badRequest, CouchError, conflict, docValidation, notFound } from './errors.ts';
import {
  type Exchange,
  givenRev,
  isObject,
  isTrue,
  location,
  MAX_DOCUMENT,
  parseJson,
  readBody,
  readJson,
  readObject,
  sendJson,
  sendNotModified,
} from './exchange.ts';
import { readRelated, sendMixed, sendRelated } from './multipart.ts';
import { checkDesignDocument, checkDocument, REV } from './validation.ts';

export const newId = () => randomBytes(16).toString('hex');

/** CouchDB's member order: `_id` and `_rev` first. */
export function ordered(doc: StoredDoc): StoredDoc {
  const { _id, _rev, ...rest } = doc;
  return { _id, _rev, ...rest };
}

/** The documents of these ids, in their order; undefined for one that is missing or deleted. */
export function findDocuments(
  db: Database,
  ids: readonly string[],
  options: object = {},
): Promise<(StoredDoc | undefined)[]> {
  // PouchDB's own allDocs({ keys }) opens a stream for each key and takes four times as long.
  const find = (id: string) =>
    db.pouch.get(id, options).then(ordered, (error: { status?: number }) => {
      if (error.status === 404) return undefined;
      throw error;
    });
  return Promise.all(ids.map(find));
}

/** GET and HEAD `/db/doc`. */
export async function getDocument(x: Exchange, db: Database, id: string): Promise<void> {
  const openRevs = x.query.get('open_revs');
  if (openRevs !== null && openRevs !== '[]') return getOpenRevs(x, db, id, openRevs);
  const rev = x.query.get('rev');
  if (rev !== null && !REV.test(rev)) throw badRequest('Invalid rev format');
  const isMeta = isTrue(x, 'meta');
  const wantsParts = x.req.headers.accept?.includes('multipart/related') ?? false;
  const attachments = isTrue(x, 'attachments');
  const doc = await db.pouch.get(id, {
    ...(rev !== null && { rev }),
    latest: isTrue(x, 'latest'),
    revs: isTrue(x, 'revs'),
    revs_info: isMeta || isTrue(x, 'revs_info'),
    conflicts: isMeta || isTrue(x, 'conflicts'),
    attachments,
    binary: attachments && wantsParts,
  });
  const etag = `"${doc._rev}"`;
  if (sendNotModified(x, etag)) return;
  if (isTrue(x, 'local_seq')) {
    const { results } = await db.pouch.changes({ doc_ids: [id] });
    doc['_local_seq'] = results.at(-1)?.seq ?? 0;
  }
  if (attachments && wantsParts && doc._attachments) return sendRelated(x, ordered(doc), { ETag: etag });
  sendJson(x, 200, ordered(doc), { ETag: etag });
}

async function getOpenRevs(x: Exchange, db: Database, id: string, text: string): Promise<void> {
  const asked: unknown = text === 'all' ? 'all' : parseJson(text);
  const isList = Array.isArray(asked) && asked.every((rev) => typeof rev === 'string' && REV.test(rev));
  if (asked !== 'all' && !isList) throw badRequest('Invalid rev format');
  const accept = x.req.headers.accept ?? '*/*';
  const isMixed = accept.includes('*/*') || accept.includes('multipart/mixed');
  const revs = asked as 'all' | string[];
  const found: OpenRev[] = await db.pouch.get(id, {
    open_revs: revs,
    revs: isTrue(x, 'revs'),
    latest: isTrue(x, 'latest'),
    attachments: isMixed || isTrue(x, 'attachments'),
    binary: isMixed,
  });
  const docs = found.map((result) => ('ok' in result ? { ok: ordered(result.ok) } : result));
  if (isMixed) return sendMixed(x, docs);
  sendJson(x, 200, docs);
}

/** PUT `/db/doc`, as JSON or multipart/related. */
export async function putDocument(x: Exchange, db: Database, id: string): Promise<void> {
  const type = x.req.headers['content-type'] ?? '';
  const body = await readBody(x);
  const doc = type.startsWith('multipart/related')
    ? readRelated(body, type)
    : parseJson(body.toString('utf8'));
  if (!isObject(doc)) throw badRequest('Document must be a JSON object');
  if (!type.startsWith('multipart/') && body.length > MAX_DOCUMENT && !doc['_attachments'])
    throw new CouchError(413, 'document_too_large', id);
  if ('_id' in doc && typeof doc['_id'] !== 'string')
    throw new CouchError(400, 'illegal_docid', 'Document id must be a string');
  const rev = givenRev(x);
  if (rev !== undefined && !REV.test(rev)) throw badRequest('Invalid rev format');
  if (rev !== undefined && doc['_rev'] !== undefined && doc['_rev'] !== rev)
    throw badRequest('Document rev from request body and query string have different values');
  const edited: Doc = { ...doc, _id: id, ...(rev !== undefined && { _rev: rev }) };
  await writeAndAnswer(x, db, edited, x.query.get('new_edits') !== 'false');
}

/** POST `/db`. */
export async function postDocument(x: Exchange, db: Database): Promise<void> {
  const doc = await readObject(x, 'Document must be a JSON object');
  if ('_id' in doc && typeof doc['_id'] !== 'string')
    throw new CouchError(400, 'illegal_docid', 'Document id must be a string');
  await writeAndAnswer(x, db, { ...doc, _id: (doc['_id'] as string | undefined) ?? newId() });
}

/** DELETE `/db/doc?rev=`. */
export async function deleteDocument(x: Exchange, db: Database, id: string): Promise<void> {
  const rev = givenRev(x);
  if (rev !== undefined && !REV.test(rev)) throw badRequest('Invalid rev format');
  if (rev === undefined) {
    await db.pouch.get(id);
    throw conflict();
  }
  const result = await writeOne(x, db, { _id: id, _rev: rev, _deleted: true });
  sendJson(x, 200, result, { ETag: `"${result.rev}"` });
}

/** COPY `/db/doc` to the document that the Destination header names. */
export async function copyDocument(x: Exchange, db: Database, id: string): Promise<void> {
  const destination = x.req.headers['destination'];
  if (typeof destination !== 'string') throw badRequest('Destination header is mandatory for COPY.');
  const [path = '', query = ''] = destination.split('?');
  const target = decodeURIComponent(path.replace(/^https?:\/\/[^/]+\/[^/]+\//, ''));
  const targetRev = new URLSearchParams(query).get('rev');
  const rev = givenRev(x);
  const source = await db.pouch.get(id, rev === undefined ? {} : { rev });
  const { _rev, ...copy } = source;
  const doc: Doc = { ...copy, _id: target, ...(targetRev !== null && { _rev: targetRev }) };
  for (const attachment of Object.values(doc._attachments ?? {})) delete attachment.revpos;
  checkDocument(doc);
  const [result] = await db.pouch.bulkDocs([doc]);
  if (!result?.ok) throw conflict();
  x.couch.databases.changed(db.name);
  const headers = { ETag: `"${result.rev}"`, Location: location(x, db.name, target) };
  sendJson(x, 201, { ok: true, id: result.id, rev: result.rev }, headers);
}

async function writeAndAnswer(x: Exchange, db: Database, doc: Doc, newEdits = true): Promise<void> {
  const result = await writeOne(x, db, doc, newEdits);
  if (x.query.get('batch') === 'ok') return sendJson(x, 202, { ok: true, id: result.id });
  const headers = { ETag: `"${result.rev}"`, Location: location(x, db.name, result.id) };
  sendJson(x, doc._deleted ? 200 : 201, result, headers);
}

interface Written {
  ok: true;
  id: string;
  rev: string;
}

/** Writes one document. Throws CouchDB's errors, 409 among them. */
export async function writeOne(x: Exchange, db: Database, doc: Doc, newEdits = true): Promise<Written> {
  const [result] = await writeDocuments(x, db, [doc], newEdits);
  if (result?.error) throw new CouchError(result.status, result.error, result.reason);
  const rev = result?.rev ?? doc._rev;
  if (doc._id === undefined || rev === undefined) throw new Error('a write gave no revision');
  return { ok: true, id: doc._id, rev };
}

export type BulkResult =
  | { ok: true; id: string; rev: string; error?: undefined }
  | { ok?: undefined; id: string; rev?: undefined; error: string; reason: string; status: number };

/**
 * Checks and writes documents, and wakes whoever follows the database. A conflict is a result, not an error.
 * With `newEdits` false the revisions are taken as they are, and only failures are in the result.
 */
export async function writeDocuments(
  x: Exchange,
  db: Database,
  docs: Doc[],
  newEdits = true,
): Promise<BulkResult[]> {
  for (const doc of docs) {
    checkDocument(doc);
    if (doc._id?.startsWith('_design/')) {
      x.couch.auth.requireDatabaseAdmin(x, db.settings);
      checkDesignDocument(doc);
    }
    if (db.name === '_users' && doc._id?.startsWith('org.couchdb.user:')) hashPassword(doc);
    if (newEdits) await fillStubs(db, doc);
    else dropForeignStubs(doc);
  }
  const ids = docs.map(({ _id }) => _id ?? '');
  const results = await db.pouch.bulkDocs(docs, { new_edits: newEdits });
  x.couch.databases.changed(db.name);
  return results.map((result, index): BulkResult => {
    const id = result.id ?? ids[index] ?? '';
    if (result.ok && result.rev !== undefined) return { ok: true, id, rev: result.rev };
    const { status, error, reason } = result.status === 404 ? notFound(result.message) : conflict();
    return { id, error, reason, status };
  });
}

/** A stub names an attachment that the edited revision has: PouchDB wants its digest, CouchDB only its name. */
async function fillStubs(db: Database, doc: Doc): Promise<void> {
  const stubs = Object.entries(doc._attachments ?? {}).filter(([, attachment]) => attachment.stub);
  if (stubs.length === 0 || doc._id === undefined) return;
  const previous =
    doc._rev === undefined
      ? undefined
      : await db.pouch.get(doc._id, { rev: doc._rev }).catch(() => undefined);
  for (const [name, stub] of stubs) {
    const known: AttachmentStub | undefined = previous?._attachments?.[name];
    if (!known)
      throw new CouchError(412, 'missing_stub', `Invalid attachment stub in ${doc._id} for ${name}`);
    Object.assign(stub, known);
  }
}

/** A replicated stub without a digest cannot be found again. */
function dropForeignStubs(doc: Doc): void {
  for (const [name, attachment] of Object.entries(doc._attachments ?? {}))
    if (attachment.stub && attachment.digest === undefined)
      throw new CouchError(412, 'missing_stub', `Invalid attachment stub in ${doc._id} for ${name}`);
}

/** GET, PUT and DELETE `/db/_local/id`. */
export async function localDocument(x: Exchange, db: Database, id: string): Promise<void> {
  const local = `_local/${id}`;
  if (x.method === 'GET' || x.method === 'HEAD') return sendJson(x, 200, ordered(await db.pouch.get(local)));
  const current = await db.pouch.get(local).catch(() => undefined);
  if (x.method === 'DELETE') {
    if (!current) throw notFound();
    await db.pouch.remove({ _id: local, _rev: current._rev });
    return sendJson(x, 200, { ok: true, id: local, rev: '0-0' });
  }
  const body = await readJson(x);
  if (!isObject(body)) throw badRequest('Document must be a JSON object');
  sendJson(x, 201, await writeLocal(db, { ...body, _id: local }), {
    Location: location(x, db.name, local),
  });
}

/** CouchDB overwrites a `_local` document whatever revision it is given. */
export async function writeLocal(db: Database, doc: Doc): Promise<Written> {
  const id = doc._id ?? '';
  const current = await db.pouch.get(id).catch(() => undefined);
  const { _rev: _given, ...rest } = doc;
  const result = await db.pouch.put({ ...rest, ...(current && { _rev: current._rev }) });
  if (result.rev === undefined) throw docValidation(`${id} was not written`);
  return { ok: true, id, rev: result.rev };
}
