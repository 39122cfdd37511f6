// `/v2/account/...` is the caller's own account (contract/crossbar.md §1).
import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../../core/errors/index.ts';
import { readToken } from '../auth/tokens.ts';
import type { Received } from './pipeline.ts';
import { tokenOf } from './token.ts';

/** The path with `account` replaced by `accounts/{id}`; other paths as they are. */
export async function aliased(
  { services, method, query, body }: Received,
  path: string,
  headers: IncomingHttpHeaders,
): Promise<string> {
  const [, rest] = /^\/account(\/.*)?$/s.exec(path) ?? [];
  if (rest === undefined && path !== '/account') return path;
  // What a browser asks before it shows its token.
  if (method === 'OPTIONS') return `/accounts/own${rest ?? ''}`;
  const token = tokenOf(headers, query, body.envelope);
  if (token === undefined) throw new AppError('invalid_credentials', { message: 'a token is needed' });
  return `/accounts/${(await readToken(services, token)).account._id}${rest ?? ''}`;
}
