// Token buckets of callflow nodes (`pvt_bucket_name`, `pvt_tokens`): a flow that asks too much in too short a time stops.
import { LRUCache } from 'lru-cache';

export interface BucketSize {
  /** Tokens of a full bucket. */
  readonly capacity: number;
  /** Tokens that come back each second. */
  readonly perSecond: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets by name; one that nobody used for an hour is full again and forgotten. */
export class Buckets {
  readonly #buckets = new LRUCache<string, Bucket>({ max: 10_000, ttl: 3_600_000, updateAgeOnGet: true });
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Takes tokens; false, and none taken, when there are not enough. */
  take(name: string, tokens: number, { capacity, perSecond }: BucketSize): boolean {
    const now = this.#now();
    const bucket = this.#buckets.get(name) ?? { tokens: capacity, at: now };
    bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.#buckets.set(name, bucket);
    if (bucket.tokens < tokens) return false;
    bucket.tokens -= tokens;
    return true;
  }
}
