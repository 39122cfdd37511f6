// Which plans an account has, and what they come to: plans of resellers, with the overrides of the account, as one for each bookkeeper.
import { type DocumentOf, isRecord } from '../../../core/contract/index.ts';
import { accountDatabase, type Store } from '../../../core/couch/index.ts';
import { service as contract, servicePlan } from '../../../core/documents/index.ts';
import { resellerOf } from '../engine/accounts.ts';
import { typed } from '../engine/documents.ts';
import type { AccountDocument } from '../engine/request.ts';
import type { Plan } from './items.ts';
import { laid, mergedPlans } from './merge.ts';

export type ServiceDocument = DocumentOf<typeof contract>;
type PlanDocument = DocumentOf<typeof servicePlan>;
type Json = Readonly<Record<string, unknown>>;

/** What stands of an account in `services`; undefined when nothing was ever said. */
export async function findService(store: Store, account: string): Promise<ServiceDocument | undefined> {
  return typed(contract, await store.database('services').find(account, { fresh: true }));
}

/** Plans with one bookkeeper, as one. */
export interface Sold {
  readonly plan: Plan;
  readonly bookkeeper: PlanDocument['bookkeeper'];
}

export const hasPlans = (service: ServiceDocument | undefined): boolean =>
  Object.keys(service?.plans ?? {}).length > 0;

/** The plans of an account, by bookkeeper. A plan that its reseller removed counts no more. */
export async function soldTo(
  store: Store,
  account: AccountDocument,
  { plans = {}, overrides = {} }: Pick<ServiceDocument, 'plans' | 'overrides'>,
): Promise<Sold[]> {
  const assigned = await Promise.all(
    Object.entries(plans).map(async ([id, { vendor_id = resellerOf(account), overrides: own = {} }]) => {
      const found = typed(servicePlan, await store.database(accountDatabase(vendor_id)).find(id));
      return found && (laid(laid(found, ofDocument(overrides)), ofDocument(own)) as object as PlanDocument);
    }),
  );
  const groups = new Map<string, PlanDocument[]>();
  for (const one of assigned)
    if (one) {
      const key = JSON.stringify(one.bookkeeper ?? {});
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
  return [...groups.values()].map((group) => ({
    plan: mergedPlans(group.map(({ plan, merge }) => ({ plan, ...merge }))),
    bookkeeper: group[0]?.bookkeeper,
  }));
}

/** Overrides are laid over a whole plan, as Kazoo's are (`{plan: {…}}`), or over its items alone. */
const ofDocument = (overrides: Json): Json => (isRecord(overrides['plan']) ? overrides : { plan: overrides });
