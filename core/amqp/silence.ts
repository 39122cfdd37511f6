// Whether silence says something: who has just come back to the broker has not heard yet of those who are there.
import type { BusStatus } from './bus.ts';

/** Milliseconds in which every node tells of itself, a late one too (contract/kapi.md, nodes). */
const allHeardAfter = 20_000;

/** False while the broker is away, and until everybody must have been heard since. */
export const silenceCounts = ({ connected, backSince }: BusStatus): boolean =>
  connected && performance.now() - backSince > allHeardAfter;
