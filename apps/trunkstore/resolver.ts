// Host names as addresses: with a deadline, remembered, and the last known ones when a name server is away.
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { AppError, toAppError } from '../../core/errors/index.ts';
import type { Logger } from '../../core/log/index.ts';

/** The addresses of a host name; rejects when it has none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

const deadline = 2_000;
const remembered = 240_000;

// By the system's own resolver, so that the hosts file counts as well.
const bySystem: Lookup = async (host) =>
  (await systemLookup(host, { all: true })).map(({ address }) => address);

/** Resolves to networks in CIDR form: an address becomes one host, a network stays, a name becomes its addresses. Never rejects. */
export function createResolver(log: Logger, lookup: Lookup = bySystem): Lookup {
  const fresh = new LRUCache<string, readonly string[]>({ max: 10_000, ttl: remembered });
  const last = new LRUCache<string, readonly string[]>({ max: 10_000 });
  return async (host) => {
    if (host.includes('/')) return [host];
    if (isIP(host) !== 0) return [asNetwork(host)];
    const known = fresh.get(host);
    if (known) return known;
    try {
      const found = (await within(lookup(host), host)).map(asNetwork).sort();
      fresh.set(host, found);
      last.set(host, found);
      return found;
    } catch (error) {
      log.warn('the address of a trusted host cannot be found', { host, error: toAppError(error) });
      return last.get(host) ?? [];
    }
  };
}

const asNetwork = (address: string): string => `${address}/${isIP(address) === 6 ? 128 : 32}`;

async function within<T>(work: Promise<T>, host: string): Promise<T> {
  const done = new AbortController();
  const late = wait(deadline, undefined, { signal: done.signal, ref: false }).then(() => {
    throw new AppError('timeout', { message: `${host} was not resolved within ${deadline} ms` });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
    late.catch(() => undefined);
    work.catch(() => undefined);
  }
}
