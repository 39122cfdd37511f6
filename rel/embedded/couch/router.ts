// From a request to its handler, and from an error to CouchDB's answer.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { databaseRequest } from './database-routes.ts';
import { badRequest, methodNotAllowed, toCouchError } from './errors.ts';
import { type Couch, type Exchange, sendJson } from './exchange.ts';
import { serverRoutes, VERSION } from './server-routes.ts';

const STRANGER = { name: null, roles: [] };

/** Answers one request. Never rejects. */
export async function handle(
  couch: Couch,
  req: IncomingMessage,
  res: ServerResponse,
  log: (line: string) => void,
): Promise<void> {
  const url = req.url ?? '/';
  const at = url.indexOf('?');
  const query = new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
  const method = req.method ?? 'GET';
  const x = { couch, req, res, method, query, path: [] as string[], user: STRANGER };
  res.setHeader('Server', `CouchDB/${VERSION} (Mirliton embedded)`);
  res.setHeader('X-Couch-Request-ID', randomBytes(5).toString('hex'));
  try {
    x.path = splitPath(at < 0 ? url : url.slice(0, at));
    await dispatch(x);
  } catch (error) {
    answerError(x, error, log);
  }
}

async function dispatch(x: Exchange & { user: Exchange['user'] }): Promise<void> {
  const [first = ''] = x.path;
  const route = Object.hasOwn(serverRoutes, first) ? serverRoutes[first] : undefined;
  // A wrong password must not keep anybody from logging in anew.
  if (!(first === '_session' && x.method === 'POST')) x.user = await x.couch.auth.identify(x);
  if (!route) return databaseRequest(x);
  if (!route.methods.includes(x.method)) throw methodNotAllowed([...route.methods].sort());
  if (!route.isPublic) x.couch.auth.requireAdmin(x);
  await route.run(x);
}

/** `/a%2Fb/c/` is `['a/b', 'c']`. Throws CouchDB's 400 when the encoding is broken. */
function splitPath(path: string): string[] {
  const parts = path.split('/').slice(1);
  if (parts.length > 1 && parts.at(-1) === '') parts.pop();
  try {
    return parts.map((part) => decodeURIComponent(part));
  } catch {
    throw badRequest('invalid_url_encoding');
  }
}

function answerError(x: Exchange, thrown: unknown, log: (line: string) => void): void {
  const error = toCouchError(thrown);
  if (error.status >= 500) log(`${x.method} ${x.req.url}: ${error.message}`);
  if (x.res.headersSent || x.res.destroyed) {
    x.res.destroy();
    return;
  }
  // What is left of the body is not worth reading: the connection ends with the answer.
  if (!x.req.complete) x.res.setHeader('Connection', 'close');
  sendJson(x, error.status, { error: error.error, reason: error.reason }, error.headers);
}
