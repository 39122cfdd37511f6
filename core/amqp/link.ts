// The connection to the broker: made in the background, made again when lost, over any of several URLs.
import type { Duplex } from 'node:stream';
import { type ChannelModel, connect } from 'amqplib';
import { AppError, errorText } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import { gatherWrites } from './gather.ts';

// Bytes that were lost on the way are sent again after seconds only: a handshake that says nothing is soon begun anew.
const shortestSilence = 2_000;
const longestSilence = 8_000;
const shortestWait = 100;
// New calls are to work within five seconds after a broker is back, with all who must be there for them.
const longestWait = 500;
const closeTimeout = 1_000;
// Milliseconds between two of ours for each second agreed.
const beatEvery = 250;

export interface LinkStatus {
  readonly connected: boolean;
  /** How often the broker was reached. */
  readonly connections: number;
  /** When it was reached again last, by `performance.now()`. */
  readonly backSince: number;
  readonly detail?: string;
}

export interface LinkOptions {
  /** amqp:// or amqps:// URLs, tried in turn. */
  readonly urls: readonly string[];
  /** Shown by the broker as the name of the connection. */
  readonly name: string;
  /** Seconds; see `ConnectOptions`. */
  readonly heartbeat: number;
  readonly log: Logger;
  readonly onConnect: () => void;
}

/** Told of every connection; a late listener is told of the present one at once. */
export interface LinkListener {
  up(model: ChannelModel): void;
  down(): void;
  /** The broker takes no messages (`true`) or takes them again. */
  blocked?(blocked: boolean): void;
}

export interface Link {
  listen(listener: LinkListener): () => void;
  status(): LinkStatus;
  /** Ends within a second, whatever the broker does. */
  close(): Promise<void>;
}

/** Starts connecting and returns at once. */
export function openLink({ urls, name, heartbeat, log, onConnect }: LinkOptions): Link {
  if (urls.length === 0)
    throw new AppError('invalid_config', { message: 'bus.urls is empty: no broker to connect to' });
  const listeners = new Set<LinkListener>();
  let current: { readonly model: ChannelModel; readonly abort: AbortController } | undefined;
  let trying: AbortController | undefined;
  let timer: NodeJS.Timeout | undefined;
  let attempts = 0;
  let connections = 0;
  let backSince = Number.NEGATIVE_INFINITY;
  let detail = 'not connected yet';
  let blocked = false;
  let closed = false;

  const tell = (what: (listener: LinkListener) => void): void => {
    for (const listener of [...listeners]) what(listener);
  };
  const setBlocked = (reason: string | undefined): void => {
    blocked = reason !== undefined;
    detail = reason === undefined ? '' : `the broker takes no messages: ${reason}`;
    log.warn(blocked ? detail : 'the broker takes messages again');
    tell((listener) => listener.blocked?.(blocked));
  };

  const attempt = async (): Promise<void> => {
    const url = urls[attempts % urls.length] as string;
    const silence = growing(shortestSilence, longestSilence, attempts / urls.length);
    const abort = new AbortController();
    trying = abort;
    try {
      const model = await connect(withHeartbeat(url, heartbeat), socketOptions(name, abort.signal, silence));
      if (closed) abort.abort();
      else use(model, abort, url);
    } catch (error) {
      again(url, error);
    }
  };

  const use = (model: ChannelModel, abort: AbortController, url: string): void => {
    const first = attempts === 0;
    attempts = 0;
    connections += 1;
    if (connections > 1) backSince = performance.now();
    detail = '';
    current = { model, abort };
    let reason: unknown;
    gatherWrites(socketOf(model));
    const beating = setInterval(() => beat(model), heartbeat * beatEvery);
    model.on('error', (error: Error) => {
      reason = error;
    });
    model.on('blocked', setBlocked);
    model.on('unblocked', () => setBlocked(undefined));
    model.on('close', (error?: Error) => {
      clearInterval(beating);
      current = undefined;
      blocked = false;
      tell((listener) => listener.down());
      again(url, reason ?? error ?? new Error('the broker closed the connection'));
    });
    log.info(first ? 'connected' : 'connected again', { broker: withoutPassword(url) });
    onConnect();
    tell((listener) => listener.up(model));
  };

  const again = (url: string, error: unknown): void => {
    if (closed) return;
    const broker = withoutPassword(url);
    detail = `${broker}: ${errorText(error)}`;
    // One line when it begins, then one a minute or so: an outage must not fill the disk.
    if (attempts % 60 === 0) log.warn('the broker cannot be reached; trying on', { broker, error });
    const wait = growing(shortestWait, longestWait, attempts / urls.length);
    attempts += 1;
    timer = setTimeout(() => void attempt(), wait * (0.5 + Math.random() / 2));
  };

  const close = async (): Promise<void> => {
    closed = true;
    clearTimeout(timer);
    detail = 'closed';
    trying = trying === current?.abort ? undefined : trying;
    trying?.abort();
    if (current) await closeModel(current.model, current.abort);
  };

  void attempt();
  return {
    listen: (listener) => {
      listeners.add(listener);
      if (current) listener.up(current.model);
      if (blocked) listener.blocked?.(true);
      return () => listeners.delete(listener);
    },
    status: () => ({
      connected: current !== undefined,
      connections,
      backSince,
      ...(detail === '' ? {} : { detail }),
    }),
    close,
  };
}

/** Milliseconds, twice as many after each round in which all URLs were tried. */
const growing = (shortest: number, longest: number, rounds: number): number =>
  Math.min(longest, shortest * 2 ** Math.floor(rounds));

/** Says goodbye, but does not wait for a broker that reads nothing (a blocked one, or one that hangs). */
async function closeModel(model: ChannelModel, abort: AbortController): Promise<void> {
  const timer = setTimeout(() => abort.abort(), closeTimeout);
  const gone = new Promise<void>((resolve) => model.once('close', () => resolve()));
  // Closing what is already closing throws: then `close` is on its way.
  await Promise.race([gone, model.close().catch(() => gone)]);
  clearTimeout(timer);
}

// `signal` goes to net.connect: the only way to cut a connection that does not answer. amqplib's types omit it.
const socketOptions = (name: string, signal: AbortSignal, silence: number) => ({
  timeout: silence,
  noDelay: true,
  keepAlive: true,
  signal,
  clientProperties: { connection_name: name },
});

/** The socket below, which amqplib's types omit. */
const socketOf = (model: ChannelModel): Duplex =>
  (model.connection as unknown as { readonly stream: Duplex }).stream;

/** amqplib beats once in the agreed time: a process that was busy for a second just then would be taken for dead. */
const beat = (model: ChannelModel): void =>
  (model.connection as unknown as { sendHeartbeat(): void }).sendHeartbeat();

function withHeartbeat(url: string, seconds: number): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(seconds));
  return parsed.toString();
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
