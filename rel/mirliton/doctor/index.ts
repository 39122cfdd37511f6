// Every check of `mirliton doctor`, those first on which the others depend.
import { apps, deadLetters, nodes } from './apps.ts';
import { brokers } from './brokers.ts';
import type { Check } from './check.ts';
import { edge, rest } from './entrances.ts';
import { disk, node, settings } from './machine.ts';
import { databases, masterAccount, prompts, views } from './store.ts';
import { switches } from './switches.ts';

export type { Check, Finding } from './check.ts';

/** The checks that need no other part than they look at, and those that need the broker or the database. */
export const checks: {
  readonly first: readonly Check[];
  readonly bus: readonly Check[];
  readonly store: readonly Check[];
} = {
  first: [settings, node, disk, brokers, databases, edge, rest],
  bus: [apps, nodes, deadLetters, switches],
  store: [views, masterAccount, prompts],
};
