// Slows down who guesses passwords: after some failures each further one locks out for twice as long. What is locked is
// always an address: whoever knows the name of an account must not be able to keep its people from logging in.
import type { SystemConfig } from '../../../core/config/index.ts';
import { AppError } from '../../../core/errors/index.ts';

/** What failures are counted for, e.g. an account as seen from one address; `slack` times as many are let pass. */
export interface Guessed {
  readonly key: string;
  readonly slack?: number;
}

export interface Lockout {
  /** Throws `too_many_requests`, with the seconds to wait, while one of these is locked. */
  check(guessed: readonly Guessed[]): void;
  /** Counts a failure, and tells others of it. */
  failed(guessed: readonly Guessed[]): Promise<void>;
  /** Counts a failure that another saw. */
  count(guessed: readonly Guessed[]): Promise<void>;
}

/** Tells others of a failure; never rejects. */
type Tell = (guessed: readonly Guessed[]) => Promise<void>;

interface Failures {
  count: number;
  last: number;
  lockedUntil: number;
}

/** More than this many are not remembered: the oldest are forgotten first. */
const most = 50_000;

/** An account as seen from an address, and the address itself, behind which there may be many people. */
export function guessedFrom(address: string, account: string): readonly Guessed[] {
  return [{ key: `${account} from ${address}` }, { key: address, slack: 10 }];
}

export function lockout(
  config: SystemConfig,
  clock: () => number = Date.now,
  tell: Tell = async () => undefined,
): Lockout {
  const known = new Map<string, Failures>();
  const count: Lockout['count'] = async (guessed) => {
    const setting = (name: string, fallback: number): Promise<number> =>
      config.get('crossbar', `auth.lockout.${name}`, fallback);
    const [allowed, first, longest, forgotten] = await Promise.all([
      setting('failures', 10),
      setting('first_s', 10),
      setting('longest_s', 900),
      setting('forget_s', 3600),
    ]);
    for (const { key, slack = 1 } of guessed) {
      const before = known.get(key);
      const count = (before && clock() - before.last < forgotten * 1000 ? before.count : 0) + 1;
      const over = count - allowed * slack;
      const seconds = over < 0 || allowed <= 0 ? 0 : Math.min(longest, first * 2 ** Math.min(over, 30));
      known.delete(key);
      known.set(key, { count, last: clock(), lockedUntil: clock() + seconds * 1000 });
    }
    for (const key of known.keys()) {
      if (known.size <= most) break;
      known.delete(key);
    }
  };
  return {
    check: (guessed) => {
      const until = Math.max(...guessed.map(({ key }) => known.get(key)?.lockedUntil ?? 0));
      if (until <= clock()) return;
      throw new AppError('too_many_requests', {
        message: 'too many failures: wait before the next attempt',
        details: { retry_after: Math.ceil((until - clock()) / 1000) },
      });
    },
    failed: async (guessed) => {
      await count(guessed);
      await tell(guessed);
    },
    count,
  };
}
