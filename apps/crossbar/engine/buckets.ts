// Rate limits: a bucket of tokens for each address and account; every request takes some (contract/crossbar.md §5).
import type { ConfigValues } from '../../../core/config/index.ts';
import { AppError } from '../../../core/errors/index.ts';

/** What an operation takes from the bucket; `setting` is its name in `system_config/crossbar`. */
export interface Cost {
  readonly setting: string;
  readonly tokens: number;
}

/** What the envelope says of the bucket. */
export interface Tokens {
  readonly consumed: number;
  readonly remaining: number;
}

export interface Buckets {
  /** Throws `too_many_requests` when the bucket does not hold what the operation costs. */
  consume(
    config: ConfigValues,
    address: string,
    accountId: string | undefined,
    cost: Cost | undefined,
  ): Tokens | undefined;
}

interface Bucket {
  tokens: number;
  filled: number;
}

/** Buckets beyond this many are looked through for full ones, which say nothing. */
const most = 10_000;

export function buckets(clock: () => number = Date.now): Buckets {
  const known = new Map<string, Bucket>();
  let sweepAt = most;
  return {
    consume: (config, address, accountId = 'no_account', cost) => {
      const capacity = config('rate_limits.capacity', 3_000);
      if (capacity <= 0) return undefined;
      const perSecond = config('rate_limits.tokens_per_second', 300);
      const consumed = cost ? config(cost.setting, cost.tokens) : 1;
      const fill = (bucket: Bucket): Bucket => {
        const seconds = (clock() - bucket.filled) / 1000;
        return { tokens: Math.min(capacity, bucket.tokens + seconds * perSecond), filled: clock() };
      };
      if (known.size > sweepAt) {
        for (const [key, bucket] of known) if (fill(bucket).tokens >= capacity) known.delete(key);
        sweepAt = Math.max(most, known.size * 2);
      }
      const key = `${address}/${accountId}`;
      const bucket = fill(known.get(key) ?? { tokens: capacity, filled: clock() });
      known.set(key, bucket);
      if (bucket.tokens < consumed)
        throw new AppError('too_many_requests', {
          details: { retry_after: Math.ceil((consumed - bucket.tokens) / Math.max(perSecond, 0.001)) },
        });
      bucket.tokens -= consumed;
      return { consumed, remaining: Math.floor(bucket.tokens) };
    },
  };
}
