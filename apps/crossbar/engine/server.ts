// The HTTP server: koa around the pipeline, with request ids, limits, metrics, and a stop that lets requests finish.
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Router } from '@koa/router';
import Koa, { type Context } from 'koa';
import type { ConfigValues } from '../../../core/config/index.ts';
import { AppError, errorText, toAppError } from '../../../core/errors/index.ts';
import { version } from '../../../core/files/index.ts';
import { withLogContext } from '../../../core/log/index.ts';
import { inTrace, parseTraceparent, withTrace } from '../../../core/trace/index.ts';
import { aliased, isAlias } from './alias.ts';
import { hasBody, noBody, readBody } from './body.ts';
import type { Tokens } from './buckets.ts';
import { isWorthPacking, pack } from './compress.ts';
import { bySpecificity, type RestModule } from './endpoint.ts';
import type { About } from './envelope.ts';
import { openMagicPath } from './magic.ts';
import { allowedMethods, handle, type Received, routeOf } from './pipeline.ts';
import type { Auth, Services } from './request.ts';
import { writeCors, writeError, writeReply } from './respond.ts';
import { type Wishes, wishesOf } from './wishes.ts';
import { sendStream } from './write.ts';

export interface RestServer {
  readonly host: string;
  readonly port: number;
  /** Takes no new connections; resolves when the requests that run are answered. */
  stop(): Promise<void>;
}

/** What the layers of one request leave for each other. */
interface State {
  requestId: string;
  method: string;
  /** The path of the endpoint that was matched, for metrics. */
  endpoint: string;
  auth: Auth | undefined;
  tokens: Tokens | undefined;
  received: Received;
  wishes: Wishes;
}

const latency = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
/** Also what the metrics may name: a client must not make up labels. */
const allVerbs = 'GET, PUT, POST, PATCH, DELETE, OPTIONS';

/** Starts listening. Rejects when the port is taken. */
export async function startServer(
  services: Services,
  modules: readonly RestModule[],
  { host, port }: { readonly host: string; readonly port: number },
): Promise<RestServer> {
  const app = new Koa();
  const server = createServer();
  // What reaches koa's own handler is a connection that broke while it was answered.
  app.on('error', (error: unknown) => services.log.debug('an answer was not read', { error }));
  const observe = observer(services);
  const route = routes(modules);
  // One layer for all stages: each further one costs every request its promises.
  app.use(async (context) => {
    await observe(context, () => enveloped(services, route, context));
    if (isWorthPacking(context)) await pack(context);
    // Else the client's connection would stay open for its next request.
    if (!server.listening) context.set('connection', 'close');
    sendStream(context, services.log);
  });
  const answer = app.callback();
  server.on('request', (incoming, outgoing) => void answer(incoming, outgoing));
  server.requestTimeout = 60_000;
  // Longer than clients and balancers keep one that idles (HAProxy and browsers a minute), so that they close it, and not we
  // while their next request is on its way.
  server.keepAliveTimeout = 75_000;
  await listening(server, host, port);
  const address = server.address() as AddressInfo;
  return { host, port: address.port, stop: () => stopped(server) };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'the port is taken; set rest.port' : errorText(cause);
      reject(
        new AppError('invalid_config', { message: `REST cannot listen on ${host}:${port}: ${why}`, cause }),
      );
    });
    server.listen(port, host, resolve);
  });
}

/** How long running requests may still take when the server stops. */
const lastRequestsMs = 10_000;

function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const impatience = setTimeout(() => server.closeAllConnections(), lastRequestsMs);
    server.close(() => {
      clearTimeout(impatience);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Request id, log context, count and time of every request. */
function observer({
  metrics,
  log,
}: Services): (context: Context, work: () => Promise<void>) => Promise<void> {
  const requests = metrics.counter('http_requests_total', 'REST requests', ['method', 'endpoint', 'status']);
  const times = metrics.histogram('http_request_seconds', 'Time of REST requests', latency, [
    'method',
    'endpoint',
  ]);
  return async (context, work) => {
    const given = context.req.headers['x-request-id'];
    const requestId =
      typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID().replaceAll('-', '');
    Object.assign(context.state, {
      requestId,
      method: context.method,
      endpoint: 'unknown',
    } satisfies Partial<State>);
    context.set('x-request-id', requestId);
    const begun = process.hrtime.bigint();
    await withLogContext({ requestId }, work);
    const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
    const { method, endpoint } = context.state as State;
    const labels = { method, endpoint, status: String(context.status) };
    requests.inc(labels);
    times.observe(seconds, { method, endpoint });
    log.debug('request', { ...labels, requestId, milliseconds: Math.round(seconds * 1000) });
  };
}

/** Errors become envelopes here and nowhere else. */
async function enveloped(services: Services, route: Koa.Middleware, context: Context): Promise<void> {
  writeCors(context, allVerbs);
  try {
    if (await received(services, context)) await route(context, () => notFound(context));
    else banner(context);
  } catch (thrown) {
    if (context.req.destroyed && !context.req.complete) {
      services.log.debug('the client went away', { path: context.path });
      context.respond = false;
      context.res.destroy();
      return;
    }
    const error = toAppError(thrown);
    if (error.status >= 500 && error.code !== 'account_has_descendants')
      services.log.error('request failed', { error: error.cause ?? error, path: context.path });
    writeError(context, error, aboutOf(services, context));
  }
}

function aboutOf({ node }: Services, context: Context): About {
  const { requestId, auth, tokens } = context.state as State;
  return { requestId, node, token: auth?.token, tokens };
}

const versioned = /^\/+(v\d+)(?:\/+(.*))?$/s;

/** Reads the request, up to where its path is looked at. False for what is outside of the API. */
async function received(services: Services, context: Context): Promise<boolean> {
  const plain = versioned.exec(context.path);
  const magic =
    plain || context.method !== 'GET'
      ? undefined
      : openMagicPath(services.secrets.systemSecret, context.path.slice(1));
  const [, apiVersion, rest] = plain ?? versioned.exec(magic ?? '') ?? [];
  if (apiVersion === undefined) return false;
  if (apiVersion === 'v1') throw new AppError('gone', { message: 'version 1 is gone: use /v2' });
  const config = await services.systemConfig.values('crossbar');
  const body = hasBody(context.req)
    ? await readBody(context.req, context.method, config('max_upload_size', 8_000_000))
    : noBody;
  const { querystring } = context;
  const query = querystring === '' ? {} : Object.fromEntries(new URLSearchParams(querystring));
  const verb = query['verb'] ?? body.envelope['verb'];
  const method = context.method === 'POST' && typeof verb === 'string' ? verb.toUpperCase() : context.method;
  if (!allVerbs.split(', ').includes(method) && method !== 'HEAD')
    throw new AppError('invalid_method', { details: { allowed: allVerbs } });
  const state = context.state as State;
  state.method = method === 'HEAD' ? 'GET' : method;
  // A document that is written may have keys of the same names.
  const places = [...(state.method === 'GET' ? [body.data] : []), query, body.envelope];
  state.wishes = wishesOf(places, context.req.headers);
  state.received = {
    services,
    config,
    id: state.requestId,
    method: state.method,
    query,
    clientIp: clientIp(config, context),
    isSigned: magic !== undefined,
    body,
  };
  const path = `/${(rest ?? '').replace(/\/+/g, '/')}`;
  context.path = isAlias(path) ? await aliased(state.received, path, context.req.headers) : path;
  return true;
}

/** The client behind a proxy that is known as one. */
function clientIp(config: ConfigValues, context: Context): string {
  const peer = (context.req.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const forwarded = context.get('x-forwarded-for').split(',')[0]?.trim();
  const proxies = config<readonly string[]>('reverse_proxies', ['127.0.0.1']);
  return forwarded && proxies.includes(peer) ? forwarded : peer;
}

/** Where the endpoints stand whose first noun is a parameter: they are tried last. */
const anyNoun = ':';

/** One router for each first noun: a single one would try the patterns of all endpoints, one after the other. */
function routes(modules: readonly RestModule[]): Koa.Middleware {
  const routers = new Map<string, Router>();
  const nouns = new Set(modules.map(({ name }) => name));
  for (const endpoint of modules.flatMap((module) => module.endpoints).sort(bySpecificity)) {
    const route = routeOf(endpoint, nouns);
    const first = firstNoun(endpoint.path);
    const noun = first.includes(':') ? anyNoun : first;
    const router = routers.get(noun) ?? new Router();
    routers.set(noun, router);
    router.all(endpoint.path, async (context) => {
      const state = context.state as State;
      state.endpoint = endpoint.path;
      writeCors(context, allowedMethods(endpoint));
      if (state.method === 'OPTIONS') return options(context, allowedMethods(endpoint));
      const attributes = {
        'http.request.method': state.method,
        'http.route': endpoint.path,
        'url.path': context.path,
      };
      const reply = await withTrace(parseTraceparent(context.req.headers['traceparent']), () =>
        inTrace(`${state.method} ${endpoint.path}`, { kind: 'server', attributes }, () =>
          handle(state.received, route, context['params'], context),
        ),
      );
      const services = state.received.services;
      await writeReply(context, reply, state.wishes, aboutOf(services, context));
    });
  }
  const matched = new Map([...routers].map(([noun, router]) => [noun, router.routes() as Koa.Middleware]));
  const ofAnyNoun: Koa.Middleware = (context, next) => matched.get(anyNoun)?.(context, next) ?? next();
  return (context, next) => {
    const otherwise = async (): Promise<unknown> => ofAnyNoun(context, next);
    return matched.get(firstNoun(context.path))?.(context, otherwise) ?? otherwise();
  };
}

/** What a path is about: its first part, or what stands behind the account. Routers know no upper case. */
function firstNoun(path: string): string {
  const [, first = '', , below = ''] = path.toLowerCase().split('/', 4);
  return first === 'accounts' ? `accounts/${below}` : first;
}

function options(context: Context, methods: string): void {
  context.status = 200;
  context.set('allow', methods);
  context.body = '';
}

function notFound(context: Context): never {
  throw new AppError('not_found', { message: `there is nothing at ${context.path}` });
}

/** Outside of the API. */
function banner(context: Context): void {
  context.status = context.path === '/' ? 200 : 404;
  context.body = `Mirliton ${version}\nThe REST API is at /v2.\n`;
  context.set('content-type', 'text/plain; charset=utf-8');
}
