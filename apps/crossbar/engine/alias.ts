// `/v2/account/...` is the caller's own account (contract/crossbar.md §1).
import type { IncomingHttpHeaders } from 'node:http';
import { whoAsks } from '../auth/authenticate.ts';
import type { Received } from './pipeline.ts';

/** Whether a path names the caller's account without its id. */
export const isAlias = (path: string): boolean => path === '/account' || path.startsWith('/account/');

/** Such a path with `account` replaced by `accounts/{id}`. */
export async function aliased(
  received: Received,
  path: string,
  headers: IncomingHttpHeaders,
): Promise<string> {
  const rest = path.slice('/account'.length);
  // What a browser asks before it shows its token.
  if (received.method === 'OPTIONS') return `/accounts/own${rest}`;
  return `/accounts/${(await whoAsks(received, headers)).account._id}${rest}`;
}
