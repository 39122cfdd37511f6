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

/** One bucket of tokens per sender, whose name begins with its address (a space and more may follow). */
export class Buckets {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly #limit: () => RateLimit;
  readonly #now: () => number;

  constructor(limit: () => RateLimit, now: () => number = Date.now) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Whether the sender has used up what it may send. */
  isEmpty(sender: string): boolean {
    return this.#limit().per_second > 0 && this.#level(sender) < 1;
  }

  take(sender: string): void {
    const { per_second, exempt } = this.#limit();
    const [address = sender] = sender.split(' ', 1);
    if (per_second <= 0 || isWithin(address, exempt)) return;
    this.#buckets.set(sender, { tokens: Math.max(0, this.#level(sender) - 1), at: this.#now() });
  }

  /** Forgets senders whose bucket is full again. */
  sweep(): void {
    for (const sender of this.#buckets.keys())
      if (this.#level(sender) >= this.#limit().burst) this.#buckets.delete(sender);
  }

  get size(): number {
    return this.#buckets.size;
  }

  #level(sender: string): number {
    const { per_second, burst } = this.#limit();
    const bucket = this.#buckets.get(sender);
    if (!bucket) return burst;
    return Math.min(burst, bucket.tokens + ((this.#now() - bucket.at) / 1000) * per_second);
  }
}
