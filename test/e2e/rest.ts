// A client of the REST API as the tests use it: the whole answer, and a short way to what succeeds.
import { createHash } from 'node:crypto';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly body: any;
}

export interface Login {
  readonly username: string;
  readonly password: string;
  readonly account_name: string;
}

/** A client with a token. Paths are below the account unless they begin with `/`. */
export interface Rest {
  readonly accountId: string;
  readonly token: string;
  send(method: string, path: string, data?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** As `send`, and throws unless the status is 2xx; returns `data`. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  get(path: string): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  put(path: string, data: object): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  post(path: string, data: object): Promise<any>;
  /** The same token on another account. */
  on(accountId: string): Rest;
}

/** Kazoo's login digest. */
export const credentials = (username: string, password: string): string =>
  createHash('md5').update(`${username}:${password}`).digest('hex');

/** Milliseconds for an answer; `MIRLITON_E2E_REST_LIMIT` gives what has no limit of its own longer, in seconds. */
const patience = Number(process.env['MIRLITON_E2E_REST_LIMIT'] ?? 20) * 1000;

/** Sends one request; `token` may be undefined. */
export async function request(
  api: string,
  method: string,
  path: string,
  data?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const body =
    data === undefined
      ? {}
      : { body: typeof data === 'string' || Buffer.isBuffer(data) ? data : JSON.stringify({ data }) };
  const response = await fetch(`${api}/${path.replace(/^\//, '')}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body as { body?: string }),
    signal: AbortSignal.timeout(patience),
  });
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    headers: response.headers,
    body: type.includes('json') ? await response.json() : await response.text(),
  };
}

/** Logs in; throws when that fails. */
export async function logIn(api: string, { username, password, account_name }: Login): Promise<Rest> {
  const answer = await request(api, 'PUT', 'user_auth', {
    credentials: credentials(username, password),
    account_name,
  });
  if (answer.status !== 201)
    throw new Error(`login answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return client(api, answer.body.auth_token, answer.body.data.account_id);
}

function client(api: string, token: string, accountId: string): Rest {
  const send: Rest['send'] = (method, path, data, headers = {}) =>
    request(api, method, path.startsWith('/') ? path : `accounts/${accountId}/${path}`, data, {
      'x-auth-token': token,
      ...headers,
    });
  const data = async (method: string, path: string, given?: object) => {
    const answer = await send(method, path, given);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body.data;
  };
  return {
    accountId,
    token,
    send,
    get: (path) => data('GET', path),
    put: (path, given) => data('PUT', path, given),
    post: (path, given) => data('POST', path, given),
    on: (other) => client(api, token, other),
  };
}
