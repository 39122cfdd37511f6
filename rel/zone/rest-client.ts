// A small client of our own REST API, for what a zone does to itself.
import { createHash } from 'node:crypto';
import { AppError } from '../../core/errors/index.ts';

export interface RestClient {
  /** Creates a document and returns it. Rejects with `bad_gateway` and the server's words. */
  put<T>(path: string, data: object): Promise<T>;
}

/** Logs in and returns the client. `api` ends with `/v2`. */
export async function restClient(
  api: string,
  {
    username,
    password,
    account_name,
  }: { readonly username: string; readonly password: string; readonly account_name: string },
): Promise<RestClient> {
  const credentials = createHash('md5').update(`${username}:${password}`).digest('hex');
  const { auth_token } = await send(api, 'user_auth', { credentials, account_name });
  return {
    put: async <T>(path: string, data: object) =>
      (await send(api, path, data, String(auth_token)))['data'] as T,
  };
}

async function send(
  api: string,
  path: string,
  data: object,
  token?: string,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${api}/${path}`, {
    method: 'PUT',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { 'x-auth-token': token }),
    },
    body: JSON.stringify({ data }),
    signal: AbortSignal.timeout(15_000),
  });
  const body = (await response.json()) as Record<string, unknown>;
  if (response.ok) return body;
  throw new AppError('bad_gateway', {
    message: `PUT ${path} answered ${response.status} ${String(body['message'])}`,
    details: { data: body['data'] },
  });
}
