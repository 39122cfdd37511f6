// Nonces without a table of those given out: each carries its time and our seal; counts guard against replay.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';

export type NonceVerdict = 'fresh' | 'expired' | 'foreign' | 'replayed';

export interface NonceOptions {
  /** Seconds that a nonce is good for. */
  readonly lifetime: () => number;
  readonly now?: () => number;
  /** How many used nonces are remembered; the one unused for longest goes first. */
  readonly remembered?: number;
}

export interface Nonces {
  issue(): string;
  /** Judges a nonce without using it up. */
  judge(nonce: string): NonceVerdict;
  /** Uses a nonce: its count must be higher than before (RFC 7616 §3.4). Without a count (RFC 2069) it is good for once. */
  use(nonce: string, count: number | undefined): NonceVerdict;
}

/** The secret lives as long as the process: after a restart every client is challenged once more, as stale. */
export function createNonces({ lifetime, now = Date.now, remembered = 200_000 }: NonceOptions): Nonces {
  const secret = randomBytes(32);
  const counts = new LRUCache<string, number>({ max: remembered });
  let issued = 0;

  const seal = (body: string): string => createHmac('sha256', secret).update(body).digest('hex').slice(0, 24);
  const judge = (nonce: string): NonceVerdict => {
    const end = nonce.lastIndexOf('.');
    const body = nonce.slice(0, Math.max(0, end));
    const given = Buffer.from(nonce.slice(end + 1));
    const right = Buffer.from(seal(body));
    if (given.length !== right.length || !timingSafeEqual(given, right)) return 'foreign';
    const age = now() / 1000 - Number.parseInt(body, 36);
    return age <= lifetime() ? 'fresh' : 'expired';
  };
  return {
    issue: () => {
      issued = (issued + 1) % 1_000_000;
      const body = `${Math.floor(now() / 1000).toString(36)}.${issued.toString(36)}`;
      return `${body}.${seal(body)}`;
    },
    judge,
    use: (nonce, count) => {
      const verdict = judge(nonce);
      if (verdict !== 'fresh') return verdict;
      if ((counts.get(nonce) ?? 0) >= (count ?? 1)) return 'replayed';
      counts.set(nonce, count ?? Number.POSITIVE_INFINITY);
      return 'fresh';
    },
  };
}
