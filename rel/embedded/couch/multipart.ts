// multipart/related and multipart/mixed: documents that travel with their attachments (RFC 2046, 2387).
import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { AttachmentStub, OpenRev, StoredDoc } from 'pouchdb-core';
import { badRequest } from './errors.ts';
import { type Exchange, isObject, parseJson } from './exchange.ts';

interface Part {
  headers: Map<string, string>;
  body: Buffer;
}

/** Splits a multipart body. Throws CouchDB's 400 when it is not one. */
export function readParts(body: Buffer, contentType: string): Part[] {
  const found = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) throw badRequest('multipart body without a boundary');
  const mark = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let start = body.indexOf(mark);
  if (start < 0) throw badRequest('multipart body without its boundary');
  for (;;) {
    const next = body.indexOf(Buffer.from(`\r\n--${boundary}`), start);
    if (next < 0) return parts;
    parts.push(readPart(body.subarray(start + mark.length + 2, next)));
    start = next + 2;
  }
}

function readPart(part: Buffer): Part {
  // A part without headers begins with its empty line.
  const end = part.subarray(0, 2).toString('latin1') === '\r\n' ? -2 : part.indexOf('\r\n\r\n');
  const headers = new Map<string, string>();
  const head = end > 0 ? part.subarray(0, end).toString('utf8') : '';
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: part.subarray(end === -1 ? part.length : end + 4) };
}

/** The document of a multipart/related body, with each `follows` attachment filled from its part. */
export function readRelated(body: Buffer, contentType: string): Record<string, unknown> {
  const [first, ...rest] = readParts(body, contentType);
  const doc = parseJson(first?.body.toString('utf8') ?? '');
  if (!isObject(doc)) throw badRequest('Document must be a JSON object');
  const attachments = isObject(doc['_attachments']) ? doc['_attachments'] : {};
  const following = Object.entries(attachments).filter(
    (entry): entry is [string, Record<string, unknown>] => isObject(entry[1]) && entry[1]['follows'] === true,
  );
  for (const [index, [name, attachment]] of following.entries()) {
    const named = rest.find(({ headers }) => fileName(headers) === name);
    const part = named ?? rest[index];
    if (!part) throw badRequest(`The part of attachment ${name} is missing`);
    const isGzip = (part.headers.get('content-encoding') ?? attachment['encoding']) === 'gzip';
    attachment['data'] = isGzip ? unzip(part.body, name) : part.body;
    delete attachment['follows'];
    delete attachment['encoding'];
    delete attachment['encoded_length'];
    delete attachment['digest'];
  }
  return doc;
}

function unzip(body: Buffer, name: string): Buffer {
  try {
    return gunzipSync(body);
  } catch {
    throw badRequest(`Invalid attachment data for ${name}`);
  }
}

const fileName = (headers: Map<string, string>) =>
  /filename="([^"]*)"/.exec(headers.get('content-disposition') ?? '')?.[1];

/** Answers one document as multipart/related; its attachments hold their bytes. */
export function sendRelated(x: Exchange, doc: StoredDoc, headers: Record<string, string>): void {
  const { boundary, body } = related(doc);
  x.res.writeHead(200, {
    'Content-Type': `multipart/related; boundary="${boundary}"`,
    'Content-Length': body.length,
    ...headers,
  });
  x.res.end(body);
}

/** Answers the open revisions of a document as multipart/mixed. */
export function sendMixed(x: Exchange, revisions: OpenRev[]): void {
  const boundary = randomBytes(16).toString('hex');
  const chunks: (string | Buffer)[] = [];
  for (const revision of revisions) {
    chunks.push(`\r\n--${boundary}\r\n`);
    if ('missing' in revision)
      chunks.push(`Content-Type: application/json; error="true"\r\n\r\n${JSON.stringify(revision)}`);
    else if (revision.ok._attachments) {
      const inner = related(revision.ok);
      chunks.push(`Content-Type: multipart/related; boundary="${inner.boundary}"\r\n\r\n`, inner.body);
    } else chunks.push(`Content-Type: application/json\r\n\r\n${JSON.stringify(revision.ok)}`);
  }
  chunks.push(`\r\n--${boundary}--`);
  const body = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string))).subarray(2);
  x.res.writeHead(200, {
    'Content-Type': `multipart/mixed; boundary="${boundary}"`,
    'Content-Length': body.length,
  });
  x.res.end(body);
}

function related(doc: StoredDoc): { boundary: string; body: Buffer } {
  const boundary = randomBytes(16).toString('hex');
  const stubs: Record<string, AttachmentStub> = {};
  const parts: Buffer[] = [];
  for (const [name, { data, ...stub }] of Object.entries(doc._attachments ?? {})) {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data ?? '', 'base64');
    stubs[name] = { ...stub, length: bytes.length, follows: true };
    const head = [
      `Content-Disposition: attachment; filename="${name}"`,
      `Content-Type: ${stub.content_type}`,
      `Content-Length: ${bytes.length}`,
    ].join('\r\n');
    parts.push(Buffer.from(`\r\n--${boundary}\r\n${head}\r\n\r\n`), bytes);
  }
  const json = JSON.stringify({ ...doc, _attachments: stubs });
  const first = Buffer.from(`--${boundary}\r\nContent-Type: application/json\r\n\r\n${json}`);
  return { boundary, body: Buffer.concat([first, ...parts, Buffer.from(`\r\n--${boundary}--`)]) };
}
