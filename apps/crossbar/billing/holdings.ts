// What an account has and what its plans make of it, read from the store; and counting it anew.
import type { Store, StoredDocument } from '../../../core/couch/index.ts';
import { service as contract } from '../../../core/documents/index.ts';
import { resellerOf } from '../engine/accounts.ts';
import type { AccountDocument } from '../engine/request.ts';
import type { Holdings } from './items.ts';
import { findService, type ServiceDocument } from './plans.ts';
import { countAccount, countBelow, overlaid } from './quantities.ts';

/** Counted now; manual quantities stand in the place of counted ones. */
export async function holdingsOf(
  store: Store,
  account: string,
  service: Pick<ServiceDocument, 'quantities'> | undefined,
): Promise<Holdings> {
  const [own, below] = await Promise.all([countAccount(store, account), countBelow(store, account)]);
  return { own: overlaid(own, service?.quantities?.manual ?? {}), below };
}

/** Changes what stands of an account in `services`, and says where it stands in the tree. */
export async function changeService(
  store: Store,
  account: AccountDocument,
  change: (before: ServiceDocument | undefined) => object,
): Promise<ServiceDocument> {
  const before = await findService(store, account._id);
  return (await store.database('services').save({
    ...before,
    ...change(before),
    _id: account._id,
    pvt_type: contract.type,
    pvt_account_id: account._id,
    pvt_tree: account.pvt_tree ?? [],
    pvt_reseller_id: resellerOf(account),
    pvt_reseller: account.pvt_reseller === true,
    pvt_status: 'good_standing',
  } as object as StoredDocument)) as object as ServiceDocument;
}

/** Counts an account and keeps it for those above that pay for what is below them. */
export async function reconcile(store: Store, account: AccountDocument): Promise<ServiceDocument> {
  const counted = await countAccount(store, account._id);
  return changeService(store, account, (before) => ({
    quantities: { ...before?.quantities, account: counted },
  }));
}
