// Writes answers: envelopes with their ETag, files, CORS headers.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Context } from 'koa';
import type { AppError } from '../../../core/errors/index.ts';
import { tags } from './documents.ts';
import type { DataReply, RawReply, Reply } from './endpoint.ts';
import { type About, failure, success } from './envelope.ts';
import { invalid } from './request.ts';

/** Writes a reply; 304 when the client has the same already. */
export function writeReply(context: Context, reply: Reply, about: About): void {
  if ('data' in reply) writeData(context, reply, about);
  else writeRaw(context, reply);
}

function writeData(context: Context, reply: DataReply, about: About): void {
  context.status = reply.status ?? (context.state['method'] === 'PUT' ? 201 : 200);
  if (reply.location !== undefined) context.set('location', reply.location);
  // A document's tag is its revision, that of anything else follows from what it is.
  const tag =
    reply.revision ??
    createHash('md5')
      .update(JSON.stringify(reply.data ?? null))
      .digest('hex');
  context.set('etag', `"${tag}"`);
  context.set('expires', 'Fri, 01 Jan 1999 00:00:00 GMT');
  if (hasAlready(context, tag)) {
    context.status = 304;
    return;
  }
  if (context.query['is_chunked'] === 'true' && Array.isArray(reply.data))
    writeChunks(context, reply.data, success(reply, about));
  else writeJson(context, success(reply, about));
}

/** Most rows of one chunk. */
const chunkRows = 50;

/** A list in chunks; what stands behind the rows is text (contract/crossbar.md §2). */
function writeChunks(context: Context, rows: readonly unknown[], envelope: Record<string, unknown>): void {
  const asked = Number(context.query['chunk_size']);
  const size = asked >= 1 && asked < chunkRows ? Math.floor(asked) : chunkRows;
  const { data: _, ...rest } = envelope;
  const trailer = Object.entries(rest).map(([key, value]) => [key, String(value)]);
  context.body = Readable.from(chunksOf(rows, size, JSON.stringify(Object.fromEntries(trailer))));
  context.set('content-type', 'application/json');
}

function* chunksOf(rows: readonly unknown[], size: number, trailer: string): Generator<string> {
  yield '{"data":[';
  for (let at = 0; at < rows.length; at += size) {
    const chunk = rows.slice(at, at + size).map((row) => JSON.stringify(row));
    yield (at === 0 ? '' : ',') + chunk.join();
  }
  yield `],${trailer.slice(1)}`;
}

function hasAlready(context: Context, tag: string): boolean {
  const known = context.req.headers['if-none-match'];
  return context.state['method'] === 'GET' && known !== undefined && tags(known).includes(tag);
}

function writeRaw(context: Context, { body, contentType, status, headers = {} }: RawReply): void {
  if (headers['etag'] !== undefined && hasAlready(context, tags(headers['etag'])[0] ?? '')) {
    if (body instanceof Readable) body.destroy();
    context.set('etag', headers['etag']);
    context.status = 304;
    return;
  }
  context.status = status ?? 200;
  for (const [name, value] of Object.entries(headers)) context.set(name, value);
  context.body = body;
  context.set('content-type', contentType);
}

/** Writes an error envelope. */
export function writeError(context: Context, error: AppError, about: About): void {
  context.status = error.status;
  if (error.code === 'invalid_method') context.set('allow', String(error.details['allowed'] ?? ''));
  if (error.retryable) context.set('retry-after', '1');
  // The rest of a body that was not read would be taken for the next request.
  if (!context.req.complete) context.set('connection', 'close');
  writeJson(context, failure(error, about));
}

function writeJson(context: Context, envelope: Record<string, unknown>): void {
  const pretty = context.query['pretty_print'] === 'true' || context.req.headers['x-pretty-print'] === 'true';
  const json = JSON.stringify(envelope, null, pretty ? 2 : undefined);
  const callback = context.query['jsonp'];
  if (!isCallback(callback)) {
    context.body = json;
    context.set('content-type', 'application/json');
    return;
  }
  context.body = `${callback}(${json});`;
  context.set('content-type', 'application/javascript');
  // A page that embeds this as something else than a script must not get it as such.
  context.set('x-content-type-options', 'nosniff');
}

/** Names and properties of functions: whatever else would be a script of the client's own choice. */
function isCallback(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z_$][\w$.]{0,127}$/.test(name);
}

/** Throws when `jsonp` asks for something that is no name of a function. */
export function checkCallback({ jsonp }: Readonly<Record<string, string>>): void {
  if (jsonp === undefined || isCallback(jsonp)) return;
  throw invalid('jsonp', 'pattern', 'must be the name of a function', { value: jsonp });
}

/** Lets pages of any origin in (contract/crossbar.md §1). */
export function writeCors(context: Context, methods: string): void {
  if (context.req.headers.origin === undefined) return;
  context.set('access-control-allow-origin', '*');
  context.set('access-control-allow-methods', methods);
  context.set(
    'access-control-allow-headers',
    'content-type, depth, user-agent, x-http-method-override, x-file-size, x-requested-with, if-modified-since, x-file-name, cache-control, x-auth-token, x-kazoo-cluster-id, if-match',
  );
  context.set(
    'access-control-expose-headers',
    'content-type, x-auth-token, x-request-id, x-kazoo-cluster-id, location, etag',
  );
  context.set('access-control-max-age', '86400');
}
