// Who tokens were found to speak for: most requests come with one that was good a moment ago.
import { LRUCache } from 'lru-cache';
import type { Noted } from '../../../core/couch/index.ts';
import type { Auth } from '../engine/request.ts';
import type { Secrets } from './secrets.ts';

interface Known {
  readonly auth: Auth;
  readonly read: Noted;
  readonly until: number;
}

/** What ends by time alone (a token, a key, a trial) is looked at again after this. */
const keptMs = 1_000;
const most = 5_000;
const byCluster = new WeakMap<Secrets, LRUCache<string, Known>>();

/** Who the token speaks for, when that is known, and nothing that was read to find it out has changed since. */
export function remembered(secrets: Secrets, token: string): Auth | undefined {
  const known = byCluster.get(secrets)?.get(token);
  return known && Date.now() < known.until && known.read.isCurrent() ? known.auth : undefined;
}

/** `read` has every document that says who the token speaks for and what they may do. */
export function remember(secrets: Secrets, token: string, auth: Auth, read: Noted): void {
  const known = byCluster.get(secrets) ?? new LRUCache<string, Known>({ max: most });
  byCluster.set(secrets, known);
  known.set(token, { auth, read, until: Date.now() + keptMs });
}
