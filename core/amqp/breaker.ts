// A circuit breaker per target: after some failures in a row the target is given a rest, then tried once.
import { AppError } from '../errors/index.ts';

const threshold = 5;
const restMs = 5_000;
const maxTargets = 1_000;

interface Trouble {
  failures: number;
  /** Epoch ms until which nothing is tried; 0 while still closed. */
  openUntil: number;
  trying: boolean;
}

export interface Breakers {
  /** Throws `breaker_open` while the target rests. The caller must tell how it ended, by `succeeded`, `failed` or `skipped`. */
  enter(target: string): void;
  succeeded(target: string): void;
  failed(target: string): void;
  /** It ended in a way that says nothing about the target. */
  skipped(target: string): void;
  /** How many targets rest now. */
  open(): number;
}

/** Breakers for any number of targets: only those in trouble take memory, and at most 1000 of them. */
export function createBreakers(now: () => number = Date.now): Breakers {
  const troubles = new Map<string, Trouble>();
  return {
    enter: (target) => {
      const trouble = troubles.size === 0 ? undefined : troubles.get(target);
      if (!trouble || trouble.openUntil === 0) return;
      if (trouble.trying || now() < trouble.openUntil)
        throw new AppError('breaker_open', {
          message: `${target} did not answer ${trouble.failures} times in a row and is given a rest`,
          details: { target },
        });
      trouble.trying = true;
    },
    succeeded: (target) => {
      if (troubles.size > 0) troubles.delete(target);
    },
    failed: (target) => {
      const trouble = troubles.get(target) ?? { failures: 0, openUntil: 0, trying: false };
      trouble.failures += 1;
      trouble.trying = false;
      if (trouble.failures >= threshold) trouble.openUntil = now() + restMs;
      troubles.set(target, trouble);
      if (troubles.size > maxTargets) troubles.delete(troubles.keys().next().value as string);
    },
    skipped: (target) => {
      const trouble = troubles.get(target);
      if (trouble) trouble.trying = false;
    },
    open: () => [...troubles.values()].filter(({ openUntil }) => openUntil > now()).length,
  };
}
