// Writes answers of every kind: data in its envelope, lists, files, errors, CORS headers.
import { Readable } from 'node:stream';
import type { Context } from 'koa';
import type { AppError } from '../../../core/errors/index.ts';
import { tags } from './documents.ts';
import type { DataReply, RawReply, Reply } from './endpoint.ts';
import { type About, failure } from './envelope.ts';
import { type Piece, piecesOf } from './list.ts';
import { onlyFields, type Wishes } from './wishes.ts';
import { hasAlready, setBody, writeJson, writeText } from './write.ts';
import { writeList } from './write-list.ts';

/** Writes a reply as the client wants it; 304 when the client has the same already. */
export function writeReply(
  context: Context,
  reply: Reply,
  wishes: Wishes,
  about: About,
): void | Promise<void> {
  if ('body' in reply) return writeRaw(context, reply);
  if ('fetch' in reply) return writeList(context, piecesOf(reply), reply, wishes, about);
  if (Array.isArray(reply.data) && (wishes.isChunked || wishes.format !== 'json'))
    return writeList(context, wholeOf(reply.data, reply), { fileName: 'result' }, wishes, about);
  return writeJson(context, { ...reply, data: onlyFields(reply.data, wishes.fields) }, wishes, about);
}

async function* wholeOf(rows: readonly unknown[], { envelope = {} }: DataReply): AsyncGenerator<Piece> {
  yield { rows, envelope };
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
  if (body instanceof Readable) setBody(context, body);
  else context.body = body;
  context.set('content-type', contentType);
}

/** Writes an error envelope. */
export function writeError(context: Context, error: AppError, about: About): void {
  context.status = error.status;
  if (error.code === 'invalid_method') context.set('allow', String(error.details['allowed'] ?? ''));
  if (error.retryable) context.set('retry-after', String(error.details['retry_after'] ?? 1));
  // The rest of a body that was not read would be taken for the next request.
  if (!context.req.complete) context.set('connection', 'close');
  const wishes = context.state['wishes'] as Wishes | undefined;
  const text = JSON.stringify(failure(error, about), null, wishes?.isPretty ? 2 : undefined);
  writeText(context, text, wishes?.callback);
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
