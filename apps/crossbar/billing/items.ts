// What the items of a plan cost for what there is: quantities, rates, discounts (Kazoo's kz_services_item).
import type { Static } from '../../../core/contract/index.ts';
import type { planItem } from '../../../core/documents/service_plan.ts';
import { rounded } from '../money/amounts.ts';
import type { Quantities } from './quantities.ts';

export type PlanItem = Static<typeof planItem>;
/** Items by category, then by name. */
export type Plan = Readonly<Record<string, Readonly<Record<string, PlanItem>>>>;

/** What is charged for: of the account itself, and of all accounts below it. */
export interface Holdings {
  readonly own: Quantities;
  readonly below: Quantities;
}

export interface Item {
  readonly category: string;
  /** As what it is shown; several items of a plan may be shown as one. */
  readonly item: string;
  readonly name: string;
  readonly quantity: number;
  readonly billable: number;
  readonly rate: number;
  readonly discounts?: Readonly<Record<string, unknown>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly prorate: PlanItem['prorate'];
  readonly taxes?: PlanItem['taxes'];
  /** Dollars a month. */
  readonly total: number;
  readonly changes?: Readonly<Record<string, unknown>>;
}

/** Whatever a category has. */
const all = '_all';

export function itemsOf(plan: Plan, holdings: Holdings): Item[] {
  return Object.entries(plan).flatMap(([category, items]) =>
    Object.entries(items).map(([name, item]) => itemOf(category, name, item, holdings)),
  );
}

function itemOf(category: string, key: string, plan: PlanItem, holdings: Holdings): Item {
  const quantity = quantityOf(category, key, plan, holdings);
  const step = Math.max(1, plan.step ?? 1);
  const stepped = (n: number): number => Math.ceil(n / step) * step;
  const most = stepped(plan.maximum ?? quantity);
  const wanted = Math.max(Math.min(stepped(quantity), most), stepped(plan.minimum ?? 0));
  const { rate, billable } = rateOf(plan, wanted);
  const discounts = discountsOf(plan, billable);
  const shown = plan.as ?? key;
  return {
    category,
    item: shown,
    name: plan.name ?? (key === all ? category : `${category}/${shown}`),
    quantity,
    billable,
    rate,
    ...(discounts && { discounts }),
    ...(plan.minimum && { minimum: plan.minimum }),
    ...(plan.maximum && { maximum: plan.maximum }),
    prorate: plan.prorate ?? { additions: true, removals: true },
    ...(plan.taxes && { taxes: plan.taxes }),
    total: rounded(billable * rate - (discounts?.total ?? 0)),
  };
}

function quantityOf(category: string, key: string, plan: PlanItem, { own, below }: Holdings): number {
  const count = (quantities: Quantities): number => {
    const items = quantities[category] ?? {};
    if (key !== all) return items[key] ?? 0;
    return Object.entries(items)
      .filter(([name]) => !plan.exceptions?.includes(name))
      .reduce((sum, [, n]) => sum + n, 0);
  };
  return count(own) + (plan.cascade ? count(below) : 0);
}

/** Flat rates before rates by quantity before the plain rate. */
function rateOf(plan: PlanItem, wanted: number): { rate: number; billable: number } {
  const flat =
    tier(plan.flat_rates, wanted) ?? (plan.flat_rate && plan.flat_rate > 0 ? plan.flat_rate : undefined);
  if (flat !== undefined) return { rate: flat, billable: 1 };
  return { rate: tier(plan.rates, wanted) ?? plan.rate ?? 0, billable: wanted };
}

/** The rate of the first tier that reaches so far. */
function tier(tiers: Readonly<Record<string, number>> | undefined, quantity: number): number | undefined {
  const reaching = Object.keys(tiers ?? {})
    .map(Number)
    .filter((upTo) => quantity <= upTo);
  return reaching.length === 0 ? undefined : tiers?.[String(Math.min(...reaching))];
}

function discountsOf(
  { discounts = {}, rate = 0 }: PlanItem,
  billable: number,
): { readonly total: number } | undefined {
  const { single, cumulative } = discounts;
  const applies = (discount: { readonly minimum?: number } | undefined): boolean =>
    discount !== undefined && rate > 0 && billable >= (discount.minimum ?? 1);
  const once = applies(single) ? (single?.rate ?? rate) : 0;
  const quantity = applies(cumulative) ? Math.min(billable, cumulative?.maximum ?? 0) : 0;
  const each = applies(cumulative) ? (tier(cumulative?.rates, quantity) ?? cumulative?.rate ?? rate) : 0;
  const total = rounded(once + quantity * each);
  if (total === 0) return undefined;
  return {
    total,
    ...(once !== 0 && { single: { rate: once } }),
    ...(quantity * each !== 0 && { cumulative: { rate: each, quantity } }),
  };
}
