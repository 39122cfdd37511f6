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
import { withoutThrough } from './nested.ts';
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
const verbs = new Set(['HEAD', ...allVerbs.split(', ')]);

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
    const seen = observe(context);
    await withLogContext({ requestId: seen.requestId }, () => enveloped(services, route, context));
    seen.end();
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

/** Gives every request its id; its `end` counts it and notes its time. */
function observer({ metrics, log }: Services) {
  const requests = metrics.counter('http_requests_total', 'REST requests', ['method', 'endpoint', 'status']);
  const times = metrics.histogram('http_request_seconds', 'Time of REST requests', latency, [
    'method',
    'endpoint',
  ]);
  return (context: Context): { readonly requestId: string; end(): void } => {
    const given = context.req.headers['x-request-id'];
    const requestId =
      typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID().replaceAll('-', '');
    const state = context.state as State;
    state.requestId = requestId;
    state.method = context.method;
    state.endpoint = 'unknown';
    context.res.setHeader('x-request-id', requestId);
    const begun = performance.now();
    const end = (): void => {
      const milliseconds = performance.now() - begun;
      const { method, endpoint } = state;
      const labels = { method, endpoint, status: String(context.status) };
      requests.inc(labels);
      times.observe(milliseconds / 1000, { method, endpoint });
      log.debug('request', { ...labels, requestId, milliseconds: Math.round(milliseconds) });
    };
    return { requestId, end };
  };
}

/** Errors become envelopes here and nowhere else. */
async function enveloped(services: Services, route: Koa.Middleware, context: Context): Promise<void> {
  writeCors(context, allVerbs);
  try {
    const asked = askedOf(services, context);
    if (!asked) return banner(context);
    const config = services.systemConfig.held('crossbar') ?? (await services.systemConfig.values('crossbar'));
    const body = hasBody(context.req)
      ? await readBody(context.req, context.method, config('max_upload_size', 8_000_000))
      : noBody;
    const received = receivedOf({ ...asked, services, config, body }, context);
    const { path } = received;
    const to = isAlias(path)
      ? { ...received, path: await aliased(received, path, context.req.headers) }
      : received;
    await routed(route, to, context, async () => {
      const inner = withoutThrough(to.path);
      if (!inner) return nothingAt(to.path, context);
      await routed(route, { ...to, ...inner }, context, async () => nothingAt(to.path, context));
    });
  } catch (thrown) {
    if (context.req.destroyed && !context.req.complete) {
      services.log.debug('the client went away', { path: context.path });
      context.respond = false;
      context.res.destroy();
      return;
    }
    const error = toAppError(thrown);
    if (error.status >= 500 && !error.code.startsWith('account_has_'))
      services.log.error('request failed', { error: error.cause ?? error, path: context.path });
    writeError(context, error, aboutOf(services, context));
  }
}

/** Leads a request to its endpoint; `otherwise` where its path has none. */
async function routed(
  route: Koa.Middleware,
  received: Received,
  context: Context,
  otherwise: () => Promise<void>,
): Promise<void> {
  (context.state as State).received = received;
  // What the router looks at instead of the path, which then need not be put together and parsed again.
  (context as { newRouterPath?: string }).newRouterPath = received.path;
  await route(context, otherwise);
}

function aboutOf({ node }: Services, context: Context): About {
  const { requestId, auth, tokens } = context.state as State;
  return { requestId, node, token: auth?.token, tokens };
}

const versioned = /^\/+(v\d+)(?:\/+(.*))?$/s;

/** The path below the version, and whether it was a magic one; undefined for what is outside of the API. */
function askedOf(
  { secrets }: Services,
  { path, method }: Context,
): Pick<Received, 'path' | 'isSigned'> | undefined {
  const plain = versioned.exec(path);
  const magic = plain || method !== 'GET' ? undefined : openMagicPath(secrets.systemSecret, path.slice(1));
  const [, apiVersion, rest = ''] = plain ?? versioned.exec(magic ?? '') ?? [];
  if (apiVersion === undefined) return undefined;
  if (apiVersion === 'v1') throw new AppError('gone', { message: 'version 1 is gone: use /v2' });
  return {
    path: `/${rest.includes('//') ? rest.replace(/\/+/g, '/') : rest}`,
    isSigned: magic !== undefined,
  };
}

/** The request, up to where its path is looked at. */
function receivedOf(
  known: Pick<Received, 'path' | 'isSigned' | 'services' | 'config' | 'body'>,
  context: Context,
): Received {
  const { config, body } = known;
  const { querystring } = context;
  const query = querystring === '' ? {} : Object.fromEntries(new URLSearchParams(querystring));
  const verb = query['verb'] ?? body.envelope['verb'];
  const method = context.method === 'POST' && typeof verb === 'string' ? verb.toUpperCase() : context.method;
  if (!verbs.has(method)) throw new AppError('invalid_method', { details: { allowed: allVerbs } });
  const state = context.state as State;
  state.method = method === 'HEAD' ? 'GET' : method;
  // A document that is written may have keys of the same names.
  const places = [...(state.method === 'GET' ? [body.data] : []), query, body.envelope];
  state.wishes = wishesOf(places, context.req.headers);
  return {
    ...known,
    id: state.requestId,
    method: state.method,
    query,
    ...client(config, context),
  };
}

/** The client: behind a proxy that is known as one, as that says. */
function client(config: ConfigValues, { req }: Context): Pick<Received, 'clientIp' | 'scheme'> {
  const peer = (req.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const ip = firstOf(req.headers['x-forwarded-for']);
  const scheme = firstOf(req.headers['x-forwarded-proto']);
  const isBehind =
    (ip || scheme) && config<readonly string[]>('reverse_proxies', ['127.0.0.1']).includes(peer);
  if (!isBehind) return { clientIp: peer, scheme: 'http' };
  return { clientIp: ip || peer, scheme: scheme === 'https' ? 'https' : 'http' };
}

/** What the proxy wrote that is nearest to the client. */
const firstOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header.split(',', 1)[0]?.trim() : undefined;

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
    const methods = allowedMethods(endpoint);
    router.all(endpoint.path, async (context) => {
      const state = context.state as State;
      state.endpoint = endpoint.path;
      writeCors(context, methods);
      if (state.method === 'OPTIONS') return options(context, methods);
      const attributes = {
        'http.request.method': state.method,
        'http.route': endpoint.path,
        'url.path': state.received.path,
      };
      const reply = await withTrace(parseTraceparent(context.req.headers['traceparent']), () =>
        inTrace(`${state.method} ${endpoint.path}`, { kind: 'server', attributes }, () =>
          handle(state.received, route, context['params'], context),
        ),
      );
      const services = state.received.services;
      return writeReply(context, reply, state.wishes, aboutOf(services, context));
    });
  }
  const matched = new Map([...routers].map(([noun, router]) => [noun, router.routes() as Koa.Middleware]));
  const ofAnyNoun: Koa.Middleware = (context, next) => matched.get(anyNoun)?.(context, next) ?? next();
  return (context, next) => {
    const otherwise = async (): Promise<unknown> => ofAnyNoun(context, next);
    return (
      matched.get(firstNoun((context.state as State).received.path))?.(context, otherwise) ?? otherwise()
    );
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

/** A page may ask here too: a browser that were refused that would not tell it that there is nothing. Rejects with `not_found`. */
function nothingAt(path: string, context: Context): void {
  const { method } = context.state as State;
  if (method !== 'OPTIONS') throw new AppError('not_found', { message: `there is nothing at ${path}` });
  options(context, allVerbs);
}

/** Outside of the API. */
function banner(context: Context): void {
  context.status = context.path === '/' ? 200 : 404;
  context.body = `Mirliton ${version}\nThe REST API is at /v2.\n`;
  context.set('content-type', 'text/plain; charset=utf-8');
}
