// Several plans as one: by strategy, and in a strategy by priority (Kazoo's kz_services_plans and kzd_item_plan).
import { getAt, isRecord, putAt } from '../../../core/contract/index.ts';
import type { Plan, PlanItem } from './items.ts';

type Json = Readonly<Record<string, unknown>>;

/** A plan, and how it goes together with others. */
export interface Mergeable {
  readonly plan: Plan;
  /** Default: `simple`. */
  readonly strategy?: string | undefined;
  readonly priority?: number | undefined;
}

/** Plans of one strategy, the one of the least priority first. */
type Merge = (plans: readonly Plan[]) => Json;

/** The plans of a later strategy are laid over those of the ones before. */
const strategies: Readonly<Record<string, Merge>> = {
  simple: (plans) => plans.reduce<Json>((merged, plan) => laid(merged, plan, { emptied: true }), {}),
  recursive: (plans) => plans.reduce<Json>((merged, plan) => laid(merged, plan), {}),
  cumulative: cumulated,
};

/** All plans as one. A strategy that is none is `simple`. */
export function mergedPlans(all: readonly Mergeable[]): Plan {
  const priority = (one: Mergeable): number => one.priority ?? 0;
  const sorted = all.toSorted((a, b) => priority(a) - priority(b));
  const nameOf = ({ strategy = '' }: Mergeable): string =>
    Object.hasOwn(strategies, strategy) ? strategy : 'simple';
  return Object.entries(strategies).reduce<Json>((merged, [name, merge]) => {
    const ofStrategy = sorted.filter((one) => nameOf(one) === name).map(({ plan }) => plan);
    return laid(merged, merge(ofStrategy));
  }, {}) as Plan;
}

/** `over` laid over `base`, object by object. With `emptied` an empty object takes away what was there, and so does null. */
export function laid(base: object, over: object, options: { readonly emptied?: boolean } = {}): Json {
  const { emptied = false } = options;
  const merged = new Map<string, unknown>(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const before = merged.get(key);
    const empties = emptied && isRecord(value) && Object.keys(value).length === 0;
    if (emptied && value === null) merged.delete(key);
    else
      merged.set(key, isRecord(value) && isRecord(before) && !empties ? laid(before, value, options) : value);
  }
  return Object.fromEntries(merged);
}

/** How the values of one field of an item go together, that of the greatest priority first. */
type Together = (values: readonly unknown[]) => unknown;

const first: Together = ([value]) => value;
const sum: Together = (values) => values.reduce<number>((total, value) => total + Number(value), 0);
const any: Together = (values) => values.some((value) => value === true);
const objects: Together = (values) =>
  values.toReversed().reduce<Json>((all, one) => laid(all, one as object), {});
const union: Together = (values) => [...new Set(values.flat())];

/** The fields that an item has of several plans; others it has not. */
const scheme: Readonly<Record<string, Together>> = {
  activation_charge: first,
  as: first,
  cascade: any,
  'discounts.cumulative.maximum': sum,
  'discounts.cumulative.rate': first,
  'discounts.cumulative.rates': objects,
  'discounts.single.rate': first,
  'discounts.single.rates': objects,
  exceptions: union,
  flat_rate: first,
  flat_rates: objects,
  minimum: sum,
  name: first,
  'prorate.additions': any,
  'prorate.removals': any,
  rate: first,
  rates: objects,
  step: first,
};

/** Every item has of all plans together what they say of it. */
function cumulated(plans: readonly Plan[]): Json {
  const merged: Record<string, Record<string, Json>> = {};
  for (const plan of plans)
    for (const [category, items] of Object.entries(plan))
      for (const name of Object.keys(items)) {
        const all = plans.toReversed().flatMap((one) => one[category]?.[name] ?? []);
        merged[category] = { ...merged[category], [name]: together(all) };
      }
  return merged;
}

function together(items: readonly PlanItem[]): Json {
  const item: Record<string, unknown> = {};
  for (const [path, join] of Object.entries(scheme)) {
    const values = items.map((one) => getAt(one, path)).filter((value) => value !== undefined);
    if (values.length > 0) putAt(item, path, join(values));
  }
  return item;
}
