// `/v2/account/...` is the caller's own account (contract/crossbar.md §1).
import type { IncomingHttpHeaders } from 'node:http';
import { whoAsks } from '../auth/authenticate.ts';
import type { Received } from './pipeline.ts';

/** The path with `account` replaced by `accounts/{id}`; other paths as they are. */
export async function aliased(
  received: Received,
  path: string,
  headers: IncomingHttpHeaders,
): Promise<string> {
  const [, rest] = /^\/account(\/.*)?$/s.exec(path) ?? [];
  if (rest === undefined && path !== '/account') return path;
  // What a browser asks before it shows its token.
  if (received.method === 'OPTIONS') return `/accounts/own${rest ?? ''}`;
  return `/accounts/${(await whoAsks(received, headers)).account._id}${rest ?? ''}`;
}
