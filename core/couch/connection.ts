// One CouchDB node: JSON requests through nano, streams through fetch, a session cookie instead of a password each time.
import nano from 'nano';
import { isRecord } from '../contract/index.ts';
import { AppError, errorText } from '../errors/index.ts';

export interface Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Below the server's URL, already encoded. */
  readonly path: string;
  /** Query parameters; what is not a string is sent as JSON. */
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  /** Milliseconds until the whole answer must be there; for a stream until its head. Default 10 s. */
  readonly deadline?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the request from outside. */
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** A request that never reached the server, or of which nobody knows whether it did. */
export class Unreachable extends Error {
  /** True when the server cannot have seen it: then even a write may be tried elsewhere. */
  readonly unsent: boolean;
  /** True when its deadline has passed: the server may work on it still. */
  readonly late: boolean;

  constructor(message: string, { unsent = false, late = false } = {}) {
    super(message);
    this.unsent = unsent;
    this.late = late;
  }
}

// nano drops the cause of a failed connection and keeps its text only.
const unsentText = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ConnectTimeout/;
const defaultDeadline = 10_000;

export class Connection {
  readonly url: string;
  readonly #user: string;
  readonly #password: string;
  /** Bodies that came with 202: nano tells the status only to its log, together with the very object it resolves with. */
  readonly #accepted = new WeakSet<object>();
  #server: nano.ServerScope | undefined;
  #cookie = '';
  #signingIn: Promise<void> | undefined;

  constructor(url: string, user: string, password: string) {
    this.url = url.replace(/\/+$/, '');
    this.#user = user;
    this.#password = password;
  }

  /** Sends JSON and reads JSON. Any status is a reply; rejects with `Unreachable` or `datastore_fault`. */
  async json(request: Request): Promise<Reply> {
    const reply = await this.#ask(request);
    if (reply.status !== 401) return reply;
    await this.#signIn(request.signal);
    return this.#ask(request);
  }

  /** Sends a request and hands out the response unread. `body` is a Buffer. */
  async stream(request: Request): Promise<Response> {
    const response = await this.#open(request);
    if (response.status !== 401) return response;
    await response.body?.cancel();
    await this.#signIn(request.signal);
    return this.#open(request);
  }

  async #ask({ method, path, query, body, deadline, signal }: Request): Promise<Reply> {
    if (!this.#server) await this.#signIn(signal);
    const server = this.#server as nano.ServerScope;
    const timeout = AbortSignal.timeout(deadline ?? defaultDeadline);
    const signals = AbortSignal.any([timeout, ...(signal ? [signal] : [])]);
    try {
      // The query goes into the path: nano would encode some parameters once more.
      const options = { method, path: path + search(query), body, signal: signals };
      const answer: unknown = await server.request(options);
      if (typeof answer !== 'object' || answer === null)
        // nano resolves with an empty string when the body breaks off or is not JSON.
        throw new Unreachable(`${this.url} broke off its answer to ${method} /${path}`);
      return { status: this.#accepted.has(answer) ? 202 : 200, body: answer };
    } catch (error) {
      if (error instanceof Unreachable) throw error;
      const { statusCode, error: name, reason } = error as nano.RequestError;
      if (statusCode !== undefined) return { status: statusCode, body: { error: name, reason } };
      const late = timeout.aborted;
      const text = late ? `no answer in ${deadline ?? defaultDeadline} ms` : errorText(error);
      throw new Unreachable(`${this.url}: ${text}`, { unsent: unsentText.test(text), late });
    }
  }

  async #open({ method, path, query, body, deadline, headers, signal }: Request): Promise<Response> {
    if (!this.#server) await this.#signIn(signal);
    // Only the head has a deadline: a stream may last.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), deadline ?? defaultDeadline);
    try {
      return await fetch(`${this.url}/${path}${search(query)}`, {
        method,
        headers: { accept: '*/*', 'accept-encoding': 'identity', ...headers, cookie: this.#cookie },
        body: body instanceof Buffer ? new Uint8Array(body) : null,
        signal: AbortSignal.any([late.signal, ...(signal ? [signal] : [])]),
      });
    } catch (error) {
      throw unreachable(this.url, error, late.signal.aborted);
    } finally {
      clearTimeout(timer);
    }
  }

  /** One sign-in at a time. A fresh nano is made, because its cookie jar would prefer the old cookie. */
  async #signIn(signal: AbortSignal | undefined): Promise<void> {
    this.#signingIn ??= this.#newSession().finally(() => {
      this.#signingIn = undefined;
    });
    await (signal ? Promise.race([this.#signingIn, aborted(signal)]) : this.#signingIn);
  }

  async #newSession(): Promise<void> {
    const response = await fetch(`${this.url}/_session`, {
      method: 'POST',
      body: new URLSearchParams({ name: this.#user, password: this.#password }),
      signal: AbortSignal.timeout(defaultDeadline),
    }).catch((error: unknown) => {
      // Whatever was to be asked has not been sent yet.
      throw new Unreachable(unreachable(this.url, error).message, { unsent: true });
    });
    await response.arrayBuffer();
    if (!response.ok)
      throw new AppError('datastore_fault', {
        message: `CouchDB at ${this.url} refuses the user ${this.#user}: check store.user and store.password`,
        details: { url: this.url, status: response.status },
      });
    this.#cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    this.#server = nano({
      url: this.url,
      headers: { cookie: this.#cookie },
      log: (entry: unknown) => this.#note(entry),
    });
  }

  #note(entry: unknown): void {
    if (!isRecord(entry) || !isRecord(entry['headers']) || entry['headers']['statusCode'] !== 202) return;
    const body = entry['retval'];
    if (typeof body === 'object' && body !== null) this.#accepted.add(body);
  }
}

/** Rejects when the signal says so. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function unreachable(url: string, error: unknown, late = false): Unreachable {
  const { cause } = error as { cause?: unknown };
  const text = `${errorText(error)} ${String((cause as { code?: unknown })?.code ?? errorText(cause ?? ''))}`;
  return new Unreachable(`${url}: ${text}`, { unsent: unsentText.test(text), late });
}

function search(query: Request['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  const pairs = given.map(([name, value]): [string, string] => [name, text(value)]);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}
