// Attachments by their own address: GET with ranges, HEAD, PUT, DELETE.
import type { AttachmentStub } from 'pouchdb-core';
import type { Database } from './databases.ts';
import { writeOne } from './documents.ts';
import { CouchError, conflict, notFound } from './errors.ts';
import { type Exchange, givenRev, location, readBody, sendJson, sendNotModified } from './exchange.ts';

const MAX_ATTACHMENT = 256 * 1024 * 1024;
/** CouchDB keeps these compressed and then answers no ranges of them. */
const COMPRESSED = /^(text\/|application\/(javascript|json|xml))/;

/** Any verb on `/db/doc/attachment`. */
export async function attachment(x: Exchange, db: Database, id: string, name: string): Promise<void> {
  if (x.method === 'PUT') return putAttachment(x, db, id, name);
  if (x.method === 'DELETE') return deleteAttachment(x, db, id, name);
  const rev = x.query.get('rev');
  const doc = await db.pouch.get(id, rev === null ? {} : { rev });
  const stub = doc._attachments?.[name];
  if (!stub) throw notFound('Document is missing attachment');
  const etag = `"${(stub.digest ?? '').replace(/^md5-/, '')}"`;
  if (sendNotModified(x, etag)) return;
  const bytes = await db.pouch.getAttachment(id, name, rev === null ? {} : { rev });
  sendBytes(x, bytes, stub, etag);
}

function sendBytes(x: Exchange, bytes: Buffer, stub: AttachmentStub, etag: string): void {
  const isCompressed = COMPRESSED.test(stub.content_type);
  const headers: Record<string, string> = {
    'Cache-Control': 'must-revalidate',
    'Content-Type': stub.content_type,
    'Content-Security-Policy': 'sandbox',
    'Accept-Ranges': isCompressed ? 'none' : 'bytes',
    ETag: etag,
  };
  const range = isCompressed ? undefined : readRange(x.req.headers.range, bytes.length);
  if (!range) {
    x.res.writeHead(200, { ...headers, 'Content-Length': bytes.length });
    x.res.end(bytes);
    return;
  }
  const [first, last] = range;
  const part = bytes.subarray(first, last + 1);
  const contentRange = `bytes ${first}-${last}/${bytes.length}`;
  x.res.writeHead(206, { ...headers, 'Content-Range': contentRange, 'Content-Length': part.length });
  x.res.end(part);
}

/** The one range that a Range header names (RFC 9110 §14.1.2). Several, or nonsense: the whole. */
export function readRange(header: string | undefined, length: number): [number, number] | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!found || (found[1] === '' && found[2] === '')) return undefined;
  const [, from = '', to = ''] = found;
  const first = from === '' ? Math.max(0, length - Number(to)) : Number(from);
  const last = from === '' || to === '' ? length - 1 : Math.min(Number(to), length - 1);
  if (first > last) {
    const reason = 'Requested range not satisfiable';
    throw new CouchError(416, 'requested_range_not_satisfiable', reason);
  }
  return [first, last];
}

async function putAttachment(x: Exchange, db: Database, id: string, name: string): Promise<void> {
  const data = await readBody(x, MAX_ATTACHMENT);
  const rev = givenRev(x);
  const type = x.req.headers['content-type'] ?? 'application/octet-stream';
  const doc = await findForEdit(db, id, rev);
  const edited = {
    ...doc,
    _id: id,
    ...(rev !== undefined && { _rev: rev }),
    _attachments: { ...doc._attachments, [name]: { content_type: type, data: data.toString('base64') } },
  };
  const result = await writeOne(x, db, edited);
  const headers = { ETag: `"${result.rev}"`, Location: location(x, db.name, id, name) };
  sendJson(x, 201, result, headers);
}

async function deleteAttachment(x: Exchange, db: Database, id: string, name: string): Promise<void> {
  const rev = givenRev(x);
  const doc = await db.pouch.get(id, rev === undefined ? {} : { rev });
  if (!doc._attachments?.[name]) throw notFound('Document is missing attachment');
  if (rev === undefined) throw conflict();
  const { [name]: _removed, ...kept } = doc._attachments;
  const { _attachments, ...rest } = doc;
  const edited = Object.keys(kept).length > 0 ? { ...rest, _attachments: kept } : rest;
  const result = await writeOne(x, db, { ...edited, _id: id, _rev: rev });
  sendJson(x, 200, result, { ETag: `"${result.rev}"` });
}

/** The revision to edit; a document that does not exist yet is made by the attachment. */
async function findForEdit(db: Database, id: string, rev: string | undefined) {
  try {
    const doc = await db.pouch.get(id, rev === undefined ? {} : { rev });
    if (rev === undefined) throw conflict();
    return doc;
  } catch (error) {
    if ((error as { status?: number }).status !== 404) throw error;
    if (rev !== undefined) throw conflict();
    return {} as { _attachments?: Record<string, AttachmentStub> };
  }
}
