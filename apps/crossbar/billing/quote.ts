// Invoices: what the plans of an account come to now, and what a change would make of it (contract/crossbar.md §7).
import { rounded } from '../money/amounts.ts';
import { type Holdings, type Item, itemsOf } from './items.ts';
import type { Sold } from './plans.ts';

export interface Activation {
  readonly category: string;
  readonly item: string;
  readonly name: string;
  readonly quantity: number;
  readonly rate: number;
  readonly total: number;
}

/** As clients see it, in dollars: `today` is due at once, `recurring` each month. */
export interface Invoice {
  readonly activation_charges: readonly Activation[];
  readonly items: readonly Item[];
  readonly taxes: readonly [];
  readonly summary: { readonly today: number; readonly recurring: number };
  readonly plan: Sold['plan'];
  readonly bookkeeper: Sold['bookkeeper'];
}

/** One invoice for each bookkeeper; with `before`, each item says what changed since. */
export function invoicesOf(sold: readonly Sold[], now: Holdings, before?: Holdings): Invoice[] {
  return sold.map(({ plan, bookkeeper }) => {
    const old = before && itemsOf(plan, before);
    const items = itemsOf(plan, now).map((item, at) => (old?.[at] ? changed(old[at], item) : item));
    const activations = items.flatMap((item) => activationOf(plan, item));
    const sum = (rows: readonly { readonly total: number }[]): number =>
      rounded(rows.reduce((all, { total }) => all + total, 0));
    return {
      activation_charges: activations,
      items,
      taxes: [],
      summary: { today: sum(activations), recurring: sum(items) },
      plan,
      bookkeeper,
    };
  });
}

const compared = ['quantity', 'billable', 'rate'] as const;

function changed(old: Item, item: Item): Item {
  const differing = compared.filter((key) => old[key] !== item[key]);
  if (differing.length === 0) return item;
  const difference = Object.fromEntries(differing.map((key) => [key, rounded(item[key] - old[key])]));
  const type = old.quantity === 0 ? 'created' : item.quantity === 0 ? 'removed' : 'modified';
  return { ...item, changes: { type, difference } };
}

/** How many more are to be paid for. */
export function addedTo({ changes }: Item): number {
  const { billable = 0 } = (changes?.['difference'] ?? {}) as { readonly billable?: number };
  return Math.max(0, billable);
}

function activationOf(plan: Sold['plan'], item: Item): Activation[] {
  const { category, name } = item;
  const rate = plan[category]?.[item.item]?.activation_charge ?? 0;
  const quantity = addedTo(item);
  if (rate === 0 || quantity === 0) return [];
  return [{ category, item: item.item, name, quantity, rate, total: rounded(rate * quantity) }];
}

export const hasAdditions = (invoices: readonly Invoice[]): boolean =>
  invoices.some(({ items }) => items.some((item) => addedTo(item) > 0));
