// A client of the REST API, typed by what the server declares (operations.ts). Nothing but Node's own fetch.
import { createHash } from 'node:crypto';
import { type Operations, paths } from './operations.ts';

type Json = Readonly<Record<string, unknown>>;
type Id = keyof Operations;
/** Optional when it may be empty. */
type Maybe<Key extends string, Value> = Json extends Value
  ? { readonly [key in Key]?: Value }
  : { readonly [key in Key]: Value };

/** What an operation is given: ids in its path, parameters, and `data` of the request. */
export type RequestOf<K extends Id> = Maybe<'path', Operations[K]['path']> &
  Maybe<'data', Operations[K]['body']> & {
    readonly query?: Operations[K]['query'];
    /** The answer to a 402: what it costs is accepted. */
    readonly acceptCharges?: boolean;
    /** A revision: the document is changed only when it is still at it, else 412. */
    readonly ifMatch?: string;
    readonly signal?: AbortSignal;
  };

/** An answer that is a success, with its envelope. */
export interface Answer<Data> {
  readonly data: Data;
  /** Of the document, when it is one. */
  readonly revision?: string;
  /** Where the next page of a list begins; absent on the last one. */
  readonly next_start_key?: string;
  readonly request_id: string;
  readonly [key: string]: unknown;
}

/** An answer that is none. */
export class ApiError extends Error {
  /** HTTP status, e.g. 404. */
  readonly status: number;
  /** Kazoo's word for it, e.g. `bad identifier`. */
  readonly code: string;
  /** What is wrong; of a validation error by the path of the field and the code. */
  readonly data: unknown;
  /** Names the request in the logs of the server. */
  readonly requestId: string | undefined;

  constructor(status: number, what: string, { message, data, request_id }: Partial<Json> = {}) {
    const code = typeof message === 'string' ? message : 'no envelope';
    super(`${what}: ${status} ${code}${data === undefined ? '' : ` ${JSON.stringify(data)}`}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.data = data;
    this.requestId = typeof request_id === 'string' ? request_id : undefined;
  }
}

export interface ClientOptions {
  /** With the version, e.g. `https://api.example.com:8000/v2`. */
  readonly url: string;
  readonly token?: string;
}

/** One user of the API. Every method rejects with an ApiError when the answer is no success. */
export class Client {
  readonly #url: string;
  /** Sent with every request; `login` sets it. */
  token: string | undefined;

  constructor({ url, token }: ClientOptions) {
    this.#url = url.replace(/\/$/, '');
    this.token = token;
  }

  /** Logs in by name and password, and keeps the token. Resolves with `account_id`, `owner_id` and what else is said. */
  async login(
    username: string,
    password: string,
    account: { readonly account_name: string } | { readonly account_realm: string },
  ): Promise<Json> {
    const credentials = createHash('md5').update(`${username}:${password}`).digest('hex');
    const answer = await this.#json('PUT', '/user_auth', { data: { credentials, ...account } });
    this.token = String(answer['auth_token']);
    return answer.data as Json;
  }

  /** Does what `id` names and resolves with the whole answer. */
  call<K extends Id>(id: K, request: RequestOf<K>): Promise<Answer<Operations[K]['data']>> {
    return this.#answer(id, request, request.query);
  }

  /** The rows of a list, page after page. */
  async *each<K extends Id>(
    id: K,
    request: RequestOf<K>,
  ): AsyncGenerator<Operations[K]['data'] extends readonly (infer Row)[] ? Row : never> {
    for (let start: string | undefined; ; ) {
      const page = await this.#answer(id, request, { ...request.query, start_key: start });
      yield* page.data as never[];
      start = page.next_start_key;
      if (start === undefined) return;
    }
  }

  async #answer<K extends Id>(
    id: K,
    request: RequestOf<K>,
    query: Json = {},
  ): Promise<Answer<Operations[K]['data']>> {
    const [verb, path] = paths[id];
    const answer = await this.#json(verb, filled(path, request), { ...request, query });
    return answer as Answer<Operations[K]['data']>;
  }

  /** The answer as it comes, for what is no JSON: a recording, a CSV. `accept` is the content type. */
  async file<K extends Id>(id: K, request: RequestOf<K>, accept: string): Promise<Response> {
    const [verb, path] = paths[id];
    const response = await this.#send(verb, filled(path, request), { ...request, accept });
    if (!response.ok) throw await errorOf(response, `${verb} ${path}`);
    return response;
  }

  async #json(verb: string, path: string, sent: Sent): Promise<Answer<unknown>> {
    const response = await this.#send(verb, path, sent);
    if (!response.ok) throw await errorOf(response, `${verb} ${path}`);
    return (await response.json()) as Answer<unknown>;
  }

  #send(verb: string, path: string, sent: Sent): Promise<Response> {
    const { query = {}, data, acceptCharges, ifMatch, accept = 'application/json', signal } = sent;
    const url = new URL(this.#url + path);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const envelope = { data: data ?? {}, ...(acceptCharges ? { accept_charges: true } : {}) };
    return fetch(url, {
      method: verb,
      headers: {
        accept,
        ...(this.token === undefined ? {} : { 'x-auth-token': this.token }),
        ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
        ...(verb === 'GET' ? {} : { 'content-type': 'application/json' }),
      },
      ...(verb === 'GET' ? {} : { body: JSON.stringify(envelope) }),
      ...(signal && { signal }),
    });
  }
}

interface Sent {
  readonly query?: Json;
  readonly data?: unknown;
  readonly acceptCharges?: boolean;
  readonly ifMatch?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

/** The path with its ids; @throws TypeError when one is missing. */
function filled(path: string, { path: ids = {} }: { readonly path?: Json }): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name];
    if (typeof id !== 'string' || id === '') throw new TypeError(`${path} needs ${name}`);
    return encodeURIComponent(id);
  });
}

async function errorOf(response: Response, what: string): Promise<ApiError> {
  const text = await response.text();
  try {
    return new ApiError(response.status, what, JSON.parse(text) as Json);
  } catch {
    return new ApiError(response.status, what, { data: text.slice(0, 200) });
  }
}
