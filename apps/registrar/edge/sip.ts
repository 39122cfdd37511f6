// The connection to a drachtio-server: the only place that knows drachtio-srf. Requests come in, answers go out.
import { once } from 'node:events';
import Srf from 'drachtio-srf';
import type { Logger } from '../../../core/log/index.ts';
import { type B2bua, type B2buaOptions, createB2bua, type Destination } from './b2bua/index.ts';
import type { RawRequest, RawResponse, RawSrf } from './drachtio.ts';
import { isInner } from './inner.ts';
import type { Source } from './location.ts';
import { parseUri } from './uri.ts';

/** Header fields of an answer; a list gives several fields of one name. */
export type Fields = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface ProxyOptions {
  /** SIP URIs; all at once. A Request-URI that is this server's own is replaced by each. */
  readonly destinations: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds without any answer after which a destination is given up. */
  readonly silence?: number;
}

/** A request from the network. */
export interface Incoming {
  readonly method: string;
  readonly uri: string;
  readonly source: Source;
  /** Bytes, about. */
  readonly size: number;
  /** Names in lower case; several fields of one name are joined by commas. */
  header(name: string): string | undefined;
  headerNames(): string[];
  reply(status: number, fields?: Fields, reason?: string): void;
  /** Passes the request on and stays in its dialog. Resolves with the final status, 0 when there was none. */
  proxy(options: ProxyOptions): Promise<number>;
  /** Passes it on as our own, an INVITE in a dialog with each side. Resolves with the status that the caller got. */
  connect(options: ConnectOptions): Promise<number>;
}

/** A destination's URI is used where the Request-URI is this server's own; else it stays as it came. */
export type ConnectOptions = B2buaOptions;

export interface Listener {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
}

export interface SipConnection {
  readonly connected: boolean;
  /** What the server listens on, as it says itself. */
  readonly listeners: readonly Listener[];
  /** Calls of `connect`. */
  readonly calls: Pick<B2bua, 'size' | 'idle'>;
  /** Sends OPTIONS; resolves with the status, or undefined when none came in time (milliseconds). Never rejects. */
  probe(uri: string, timeout: number): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface SipOptions {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  readonly log: Logger;
  readonly methods: readonly string[];
  /** Hosts that are not named outside. */
  readonly isInside: (host: string) => boolean;
  readonly onRequest: (request: Incoming) => void;
  readonly onConnect: () => void;
}

/** Connects, and connects again whenever the connection is lost. Resolves at once. */
export function connectSip({
  host,
  port,
  secret,
  log,
  methods,
  isInside,
  onRequest,
  onConnect,
}: SipOptions): SipConnection {
  const srf = new Srf() as unknown as RawSrf;
  const state = { connected: false, listeners: [] as Listener[] };
  const calls = createB2bua(srf, log, { isInner, isInside });
  const connect: Connect = (request, response, options) => {
    const uri = foreignUri(request.uri, state.listeners);
    const keep = ({ uri: own, route = own, ...rest }: Destination): Destination => ({
      ...rest,
      uri: uri ?? own,
      route,
    });
    const { destinations, next } = options;
    return calls.connect(request, response, {
      ...options,
      destinations: destinations.map(keep),
      ...(next && { next: async (failure) => (await next(failure))?.map(keep) }),
    });
  };
  for (const method of methods)
    srf.use(method.toLowerCase(), (request, response) =>
      onRequest(incoming(srf, request, response, connect)),
    );
  srf.on('connect', (error: Error | null, addresses: string) => {
    if (error) {
      log.error('the SIP server refuses the edge: edge.secret must be that of the server', {
        host,
        port,
        error,
      });
      return;
    }
    state.connected = true;
    state.listeners = addresses.split(',').flatMap(listenerOf);
    log.info('connected to the SIP server', { host, port, listeners: addresses });
    calls.endLost();
    onConnect();
  });
  srf.on('error', (error: Error) =>
    log.warn('the SIP server cannot be reached', { host, port, error: error.message }),
  );
  srf.on('close', () => {
    if (state.connected) log.warn('the connection to the SIP server is lost', { host, port });
    state.connected = false;
    calls.lose();
  });
  srf.connect({ host, port, secret, reconnect: { retryMaxDelay: 2000 }, enablePing: true });
  return {
    get connected() {
      return state.connected;
    },
    get listeners() {
      return state.listeners;
    },
    calls,
    probe: (uri, timeout) => (state.connected ? probe(srf, uri, timeout) : Promise.resolve(undefined)),
    close: async () => {
      await calls.stop();
      const { wp } = srf.app.client;
      wp.closing = true;
      clearTimeout(wp.reconnectVars.retryTimer ?? undefined);
      if (!state.connected) return;
      const closed = once(srf, 'close');
      try {
        srf.disconnect();
      } catch (error) {
        log.debug('the SIP server went while the edge stopped', { error });
        return;
      }
      await closed;
    },
  };
}

type Connect = (request: RawRequest, response: RawResponse, options: ConnectOptions) => Promise<number>;

/** A Request-URI that others can use as well, if it is one: not our own address, not a telephone number. */
function foreignUri(uri: string, listeners: readonly Listener[]): string | undefined {
  const parsed = parseUri(uri);
  const own = listeners.some(({ host, port }) => host === parsed?.host && port === (parsed.port ?? 5060));
  return parsed && !own ? uri : undefined;
}

function incoming(srf: RawSrf, request: RawRequest, response: RawResponse, connect: Connect): Incoming {
  const { headers } = request;
  return {
    method: request.method,
    uri: request.uri,
    source: { protocol: protocolOf(request), host: request.source_address, port: request.source_port },
    size: request.raw.length,
    // drachtio-srf keeps the spelling of X-… and P-… names.
    header: (name) => headers[name] ?? findHeader(headers, name),
    headerNames: () => Object.keys(headers).map((name) => name.toLowerCase()),
    reply: (status, fields = {}, reason) => {
      for (const [name, value] of Object.entries(fields)) setHeader(response.msg.headers, name, value);
      response.send(status, reason);
    },
    proxy: async ({ destinations, headers: added = {}, silence }) => {
      const { finalStatus } = await srf.proxyRequest(request, [...destinations], {
        headers: { ...added },
        remainInDialog: true,
        forking: 'simultaneous',
        ...(silence === undefined ? {} : { provisionalTimeout: `${silence}ms` }),
      });
      return finalStatus ?? 0;
    },
    connect: (options) => connect(request, response, options),
  };
}

/** drachtio-server says `tcp` of a WebSocket; the Via of its sender says which kind it is (RFC 7118 §5.2). */
function protocolOf({ protocol, headers }: RawRequest): string {
  const [, kind] = /^SIP\s*\/\s*2\.0\s*\/\s*(WSS?)\b/i.exec(headers['via'] ?? '') ?? [];
  return protocol === 'tcp' && kind !== undefined ? kind.toLowerCase() : protocol;
}

function findHeader(headers: Record<string, string>, name: string): string | undefined {
  if (!name.startsWith('x-') && !name.startsWith('p-')) return undefined;
  for (const key in headers)
    if (key.length === name.length && key.toLowerCase() === name) return headers[key];
  return undefined;
}

/** drachtio-srf would join values of one name by commas, which challenges do not survive: each gets its own spelling. */
function setHeader(
  headers: Record<string, string>,
  name: string,
  value: string | readonly string[] | undefined,
): void {
  if (value === undefined) return;
  if (typeof value === 'string') headers[name] = value;
  else for (const [index, one] of value.entries()) headers[index === 0 ? name : name.toLowerCase()] = one;
}

function probe(srf: RawSrf, uri: string, timeout: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), timeout);
    const settle = (status: number | undefined): void => {
      clearTimeout(timer);
      resolve(status);
    };
    // Not the promise that it also gives: an answer that is already here would come before anybody listens.
    srf.request(uri, { method: 'OPTIONS', headers: { 'Max-Forwards': '1' } }, (error, sent) => {
      if (error || !sent) settle(undefined);
      else sent.on('response', ({ status }) => settle(status));
    });
  });
}

/** `udp/127.0.0.1:5060` */
function listenerOf(text: string): Listener[] {
  const [, protocol, host, port] = /^(\w+)\/(.+):(\d+)$/.exec(text) ?? [];
  return protocol && host ? [{ protocol, host, port: Number(port) }] : [];
}
