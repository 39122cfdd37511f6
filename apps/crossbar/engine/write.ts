// Writes bodies: envelopes as JSON with their tag, and what comes as a stream.
import { createHash } from 'node:crypto';
import { pipeline, type Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Context } from 'koa';
import type { Logger } from '../../../core/log/index.ts';
import { tags } from './documents.ts';
import type { DataReply } from './endpoint.ts';
import { type About, success } from './envelope.ts';
import type { Wishes } from './wishes.ts';

/** Writes a success envelope; 304 when the client has the same already. */
export function writeJson(context: Context, reply: DataReply, wishes: Wishes, about: About): void {
  const data = JSON.stringify(reply.data ?? null);
  // A document's tag is its revision, that of anything else follows from what it is.
  const tag = reply.revision ?? createHash('md5').update(data).digest('hex');
  context.status = reply.status ?? (context.state['method'] === 'PUT' ? 201 : 200);
  if (reply.location !== undefined) context.set('location', reply.location);
  context.res.setHeader('etag', `"${tag}"`);
  context.res.setHeader('expires', 'Fri, 01 Jan 1999 00:00:00 GMT');
  if (hasAlready(context, tag)) {
    context.status = 304;
    return;
  }
  const { data: _, ...rest } = success(reply, about);
  const text = `{"data":${data},${JSON.stringify(rest).slice(1)}`;
  writeText(context, wishes.isPretty ? JSON.stringify(JSON.parse(text), null, 2) : text, wishes.callback);
}

/** JSON, or a script that hands it to the function that the client named. */
export function writeText(context: Context, json: string, callback: string | undefined): void {
  // First, because koa would look for the type of a body that has none.
  context.res.setHeader(
    'content-type',
    callback === undefined ? 'application/json' : 'application/javascript',
  );
  context.body = callback === undefined ? json : `${callback}(${json});`;
  // A page that embeds this as something else than a script must not get it as such.
  if (callback !== undefined) context.set('x-content-type-options', 'nosniff');
}

export function hasAlready(context: Context, tag: string): boolean {
  const known = context.req.headers['if-none-match'];
  return context.state['method'] === 'GET' && known !== undefined && tags(known).includes(tag);
}

/** Makes a stream the body; it is sent by `sendStream`, when everything else is done. */
export function setBody(context: Context, body: Readable): void {
  context.state['stream'] = body;
}

/**
 * Sends the body, if it is a stream. The client's pace is the stream's; a client that goes away ends it, and what fails in
 * the middle breaks the connection off, so that the client does not take a part for the whole.
 */
export function sendStream(context: Context, log: Logger): void {
  const body = context.state['stream'] as Readable | undefined;
  if (body === undefined) return;
  context.respond = false;
  if (context.method === 'HEAD') {
    body.destroy();
    context.res.end();
    return;
  }
  const isPacked = context.response.get('content-encoding') === 'gzip';
  pipeline([body, ...(isPacked ? [createGzip()] : []), context.res], (error) => {
    const gone = error?.code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (error) log[gone ? 'debug' : 'error']('an answer broke off', { error, path: context.path });
  });
}
