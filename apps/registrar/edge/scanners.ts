// Requests that deserve no answer: from known scanners, and from addresses that fail too often.
import { isWithin } from '../../../core/telephony/index.ts';

/** True when the User-Agent is that of a program which only looks for holes. */
export function isScanner(userAgent: string | undefined, scanners: readonly string[]): boolean {
  if (userAgent === undefined) return false;
  const name = userAgent.toLowerCase();
  return scanners.some((part) => name.includes(part));
}

export interface RateLimit {
  readonly per_second: number;
  readonly burst: number;
  readonly exempt: readonly string[];
}

/** One bucket of tokens per address: each request without good credentials takes one. */
export class Buckets {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly #limit: () => RateLimit;
  readonly #now: () => number;

  constructor(limit: () => RateLimit, now: () => number = Date.now) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Whether the address has used up what it may send. */
  isEmpty(host: string): boolean {
    return this.#limit().per_second > 0 && this.#level(host) < 1;
  }

  take(host: string): void {
    const { per_second, exempt } = this.#limit();
    if (per_second <= 0 || isWithin(host, exempt)) return;
    this.#buckets.set(host, { tokens: Math.max(0, this.#level(host) - 1), at: this.#now() });
  }

  /** Forgets addresses whose bucket is full again. */
  sweep(): void {
    for (const host of this.#buckets.keys())
      if (this.#level(host) >= this.#limit().burst) this.#buckets.delete(host);
  }

  get size(): number {
    return this.#buckets.size;
  }

  #level(host: string): number {
    const { per_second, burst } = this.#limit();
    const bucket = this.#buckets.get(host);
    if (!bucket) return burst;
    return Math.min(burst, bucket.tokens + ((this.#now() - bucket.at) / 1000) * per_second);
  }
}
