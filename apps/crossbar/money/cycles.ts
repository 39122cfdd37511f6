// The periods in which minutes may be used up: which one a moment falls into, in UTC.
import { fromGregorian, gregorian } from '../../../core/couch/index.ts';
import type { Window } from '../engine/index.ts';

export const cycles = ['minutely', 'hourly', 'daily', 'weekly', 'monthly'] as const;
export type Cycle = (typeof cycles)[number];

const day = 86_400_000;
const lengths = { minutely: 60_000, hourly: 3_600_000, daily: day, weekly: 7 * day } as const;

/** First moment of the period that holds `moment`, and first moment of the next; in Gregorian seconds. Weeks begin on Mondays. */
export function cycleAt(cycle: Cycle, moment: number): Window {
  const at = fromGregorian(moment);
  if (cycle === 'monthly') {
    const first = (months: number) =>
      gregorian(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1)));
    return { from: first(0), to: first(1) };
  }
  const length = lengths[cycle];
  // The first of January 1970 was a Thursday.
  const offset = cycle === 'weekly' ? 3 * day : 0;
  const start = at.getTime() - ((at.getTime() + offset) % length);
  return { from: gregorian(new Date(start)), to: gregorian(new Date(start + length)) };
}
