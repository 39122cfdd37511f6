// The HTTP server that switches stream media from and store recordings to.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { DocumentOf } from '../../core/contract/index.ts';
import { accountIdOf, gregorian, type Store } from '../../core/couch/index.ts';
import { callRecording } from '../../core/documents/index.ts';
import { AppError, errorText, toAppError } from '../../core/errors/index.ts';
import type { Logger } from '../../core/log/index.ts';
import type { Metrics } from '../../core/metrics/index.ts';
import { forward } from './forward.ts';
import { contentTypeOf, type MediaTarget, parseMediaPath } from './urls.ts';

export interface MediaServerOptions {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  readonly store: Store;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface MediaServer {
  readonly port: number;
  stop(): Promise<void>;
}

// A recording of an hour at 8 kHz, 16 bit, in stereo.
const maxUpload = 128 * 1024 * 1024;

/** Starts the server. Rejects with `invalid_config` when the address cannot be had. */
export async function startMediaServer(options: MediaServerOptions): Promise<MediaServer> {
  const served = options.metrics.counter('media_mgr_requests_total', 'media requests by method and status', [
    'method',
    'status',
  ]);
  const server = createServer((request, response) => {
    answer(request, response, options)
      .catch((error: unknown) => fail(response, error, options.log))
      .finally(() => served.inc({ method: request.method ?? '', status: String(response.statusCode) }));
  });
  server.requestTimeout = 120_000;
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const patience = setTimeout(() => server.closeAllConnections(), 2000);
      await closed;
      clearTimeout(patience);
    },
  };
}

async function listen(server: Server, { host, port }: MediaServerOptions): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new AppError('invalid_config', {
      message: `media.host and media.port: cannot listen on ${host}:${port} (${errorText(cause)})`,
      cause,
    });
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: MediaServerOptions,
): Promise<void> {
  const target = parseMediaPath(options.secret, (request.url ?? '').split('?')[0] ?? '');
  const method = request.method ?? '';
  if (target.use === 'single' && (method === 'GET' || method === 'HEAD'))
    return send(request, response, target, options);
  if (target.use === 'store' && (method === 'PUT' || method === 'POST'))
    return receive(request, response, target, options);
  throw new AppError('invalid_method', { message: `${method} is not offered here` });
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  target: MediaTarget,
  { store }: MediaServerOptions,
): Promise<void> {
  const found = await store
    .database(target.database)
    .attachment(target.id, target.attachment, { range: request.headers.range });
  const unchanged = request.headers['if-none-match'] === found.etag;
  const status = unchanged ? 304 : found.range ? 206 : 200;
  response.writeHead(status, {
    'content-type': found.contentType,
    etag: found.etag,
    'accept-ranges': 'bytes',
    // The URL carries the version of the contents: what it stands for never changes.
    'cache-control': 'public, max-age=31536000, immutable',
    ...(unchanged ? {} : { 'content-length': found.length }),
    ...(found.range
      ? { 'content-range': `bytes ${found.range.first}-${found.range.last}/${found.range.size}` }
      : {}),
  });
  if (unchanged || request.method === 'HEAD') {
    found.body.destroy();
    response.end();
    return;
  }
  await pipeline(found.body, response);
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  target: MediaTarget,
  { store, log }: MediaServerOptions,
): Promise<void> {
  const body = await readBody(request);
  if (body.length === 0) throw new AppError('invalid_data', { message: 'the recording is empty' });
  const type = request.headers['content-type'];
  const contentType = type && type !== 'application/octet-stream' ? type : contentTypeOf(target.attachment);
  const database = store.database(target.database);
  const document = await database.find(target.id);
  // A recording that has a place of its own elsewhere is only passed on.
  if (document?.pvt_type === callRecording.type && typeof document['url'] === 'string') {
    await forward(document as DocumentOf<typeof callRecording>, accountIdOf(target.database), body);
    await database.update(target.id, (current) => ({ ...current, pvt_sent: gregorian() }));
  } else await database.attach(target.id, target.attachment, body, contentType);
  log.info('recording stored', { database: target.database, document: target.id, bytes: body.length });
  response.writeHead(201, { 'content-type': 'application/json' });
  response.end('{"ok":true}\n');
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxUpload)
      throw new AppError('too_large', { message: `a recording may have ${maxUpload} bytes at the most` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function fail(response: ServerResponse, thrown: unknown, log: Logger): void {
  // A switch that stops playing closes the connection in the middle: that is not an error.
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const error = toAppError(thrown);
  if (error.status >= 500) log.error('media request failed', { error });
  response.writeHead(error.status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${error.message}\n`);
}
