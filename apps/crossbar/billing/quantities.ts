// What accounts have that a plan may charge for: counted by the view `services/quantify`, which alone says what counts as what.

import { isRecord } from '../../../core/contract/index.ts';
import { accountDatabase, type Store } from '../../../core/couch/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import { classify } from '../../../core/telephony/index.ts';
import { loadViews } from '../../../couchdb/load.ts';
import { type RunnableView, runnable } from '../../../couchdb/run.ts';

/** How many, by category, then by item. */
export type Quantities = Readonly<Record<string, Readonly<Record<string, number>>>>;

interface Counted {
  readonly category: string;
  readonly item: string;
  readonly n: number;
}

const design = 'services';
const view = 'quantify';
let compiled: RunnableView | undefined;

function quantify(): RunnableView {
  const source = loadViews()
    .get('account')
    ?.find(({ name }) => name === design)?.views[view];
  if (!source) throw new Error(`there is no view ${design}/${view}`);
  compiled ??= runnable(source);
  return compiled;
}

/** What one document counts as; nothing for one that is missing, disabled or deleted. */
export function quantitiesOf(document: object | undefined): Quantities {
  return document ? summed(quantify().map(document).flatMap(counted)) : {};
}

/** What an account has now. One that has no database has nothing. */
export async function countAccount(store: Store, account: string): Promise<Quantities> {
  try {
    const rows = await store
      .database(accountDatabase(account))
      .view(design, view, { groupLevel: 2, fresh: true });
    return summed(rows.flatMap(counted));
  } catch (error) {
    if (hasCode(error, 'datastore_missing')) return {};
    throw error;
  }
}

/** What all accounts below one had when they were counted last. */
export async function countBelow(store: Store, account: string): Promise<Quantities> {
  const rows = await store.database('services').view(design, 'cascade_quantities', {
    startKey: [account],
    endKey: [account, {}],
    groupLevel: 3,
    fresh: true,
  });
  return summed(rows.flatMap(({ key, value }) => counted({ key: (key as unknown[]).slice(1), value })));
}

/** Numbers are counted by their kind. */
function counted({ key, value }: { readonly key: unknown; readonly value: unknown }): Counted[] {
  if (!Array.isArray(key) || typeof value !== 'number') return [];
  const [category, item] = key.map(String) as [string, string];
  const kind = category === 'phone_numbers' ? (classify(item)?.name ?? 'unknown') : item;
  return [{ category, item: kind, n: value }];
}

function summed(rows: readonly Counted[]): Quantities {
  const sums: Record<string, Record<string, number>> = {};
  for (const { category, item, n } of rows) {
    const items = sums[category] ?? {};
    sums[category] = { ...items, [item]: (items[item] ?? 0) + n };
  }
  return sums;
}

/** `a` and `times` times `b`, item by item; never below zero. */
export function plus(a: Quantities, b: Quantities, times = 1): Quantities {
  const sums: Record<string, Record<string, number>> = structuredClone(a) as never;
  for (const [category, items] of Object.entries(b))
    for (const [item, n] of Object.entries(items)) {
      const before = sums[category] ?? {};
      sums[category] = { ...before, [item]: Math.max(0, (before[item] ?? 0) + n * times) };
    }
  return sums;
}

/** `next` less `before`, where they differ. */
export function difference(before: Quantities, next: Quantities): Quantities {
  const changes: Record<string, Record<string, number>> = {};
  for (const category of new Set([...Object.keys(before), ...Object.keys(next)]))
    for (const item of new Set([
      ...Object.keys(before[category] ?? {}),
      ...Object.keys(next[category] ?? {}),
    ])) {
      const n = (next[category]?.[item] ?? 0) - (before[category]?.[item] ?? 0);
      if (n !== 0) changes[category] = { ...changes[category], [item]: n };
    }
  return changes;
}

/** Items of `over` stand in the place of those of `base`. */
export function overlaid(base: Quantities, over: Quantities): Quantities {
  const categories = Object.entries(over).map(([name, items]) => [name, { ...base[name], ...items }]);
  return { ...base, ...Object.fromEntries(categories) };
}

export const isEmpty = (value: unknown): boolean => !isRecord(value) || Object.keys(value).length === 0;
