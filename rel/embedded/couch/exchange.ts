// One HTTP exchange: reading the body and the query as CouchDB does, and writing its answers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Auth, User } from './auth.ts';
import type { Databases } from './databases.ts';
import { badRequest, CouchError, queryParseError, tooLarge } from './errors.ts';
import type { Replicator } from './replication.ts';
import type { ViewIndexes } from './view-index.ts';

export const MAX_BODY = 64 * 1024 * 1024;
export const MAX_DOCUMENT = 8_000_000;

/** What every handler works on. */
export interface Couch {
  readonly databases: Databases;
  readonly auth: Auth;
  readonly views: ViewIndexes;
  readonly replicator: Replicator;
  readonly uuid: string;
  /** Aborted when the server stops: feeds end. */
  readonly stopping: AbortSignal;
}

export interface Exchange {
  readonly couch: Couch;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly method: string;
  /** The path split at `/`, each part decoded: `/account%2Fab/_all_docs` is `['account/ab', '_all_docs']`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  user: User;
}

/** Ends the exchange with a JSON body (and CouchDB's final newline). */
export function sendJson(
  x: Exchange,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  sendText(x, status, JSON.stringify(body), headers);
}

/** Ends the exchange with text that is JSON already. */
export function sendText(x: Exchange, status: number, text: string, headers: Record<string, string> = {}) {
  const body = Buffer.from(`${text}\n`);
  x.res.writeHead(status, {
    'Cache-Control': 'must-revalidate',
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    ...headers,
  });
  x.res.end(body);
}

/** Answers 304 and returns true when the client has this version already. */
export function sendNotModified(x: Exchange, etag: string): boolean {
  const known = x.req.headers['if-none-match'];
  if (known === undefined || !known.split(/\s*,\s*/).some((tag) => tag === etag || tag === '*')) return false;
  x.res.writeHead(304, { ETag: etag, 'Content-Length': 0 });
  x.res.end();
  return true;
}

export async function readBody(x: Exchange, limit = MAX_BODY): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of x.req) {
    length += (chunk as Buffer).length;
    if (length > limit) {
      x.res.setHeader('Connection', 'close');
      throw tooLarge('the request entity is too large');
    }
    chunks.push(chunk as Buffer);
  }
  const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  if (x.req.headers['content-encoding'] !== 'gzip') return body;
  try {
    return gunzipSync(body, { maxOutputLength: limit });
  } catch {
    throw badRequest('Request body is not properly gzipped.');
  }
}

/** A body that must be JSON, whatever its content type. */
export async function readJson(x: Exchange): Promise<unknown> {
  return parseJson((await readBody(x)).toString('utf8'));
}

/** A body that must be a JSON object sent as `application/json`. */
export async function readObject(
  x: Exchange,
  complaint = 'Request body must be a JSON object',
): Promise<Record<string, unknown>> {
  const type = x.req.headers['content-type'];
  if (!type?.toLowerCase().startsWith('application/json'))
    throw new CouchError(415, 'bad_content_type', 'Content-Type must be application/json');
  const body = await readJson(x);
  if (!isObject(body)) throw badRequest(complaint);
  return body;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('invalid UTF-8 JSON');
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isTrue(x: Exchange, name: string): boolean {
  return x.query.get(name) === 'true';
}

/** A boolean of the query or the body; anything else is CouchDB's query_parse_error. */
export function toBoolean(value: unknown): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw queryParseError(`Invalid boolean parameter: ${quote(value)}`);
}

/** A whole number, not negative, of the query or the body. */
export function toCount(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number))
    throw queryParseError(`Invalid value for integer: ${quote(value)}`);
  if (number < 0) throw queryParseError(`Invalid value for positive integer: ${quote(value)}`);
  return number;
}

const quote = (value: unknown) => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value));

/** The revision that the query or If-Match names. */
export function givenRev(x: Exchange): string | undefined {
  return x.query.get('rev') ?? x.req.headers['if-match']?.replace(/^"|"$/g, '') ?? undefined;
}

/** `…/part/part` with each part encoded, for a Location header. */
export function location(x: Exchange, ...parts: string[]): string {
  const host = x.req.headers.host ?? 'localhost';
  return `http://${host}/${parts.map((part) => encodeURIComponent(part)).join('/')}`;
}
