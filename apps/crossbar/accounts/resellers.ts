// Resellers: an account that sells to those below it is made one, and no longer (Kazoo's kz_services_reseller).
import type { Store } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { type AccountDocument, exclusive, findAccount } from '../engine/index.ts';
import { descendantsOf } from './tree.ts';
import { accountsLock, updateAccount } from './write.ts';

/**
 * Makes an account a reseller: all accounts below it are its customers from then on. Throws `forbidden` for a master
 * account and `account_has_descendants` where an account below it is a reseller, whose customers would be taken away.
 */
export const promote = (store: Store, account: AccountDocument): Promise<AccountDocument> =>
  setReseller(store, account, true, () => Promise.resolve(account._id));

/** Takes that away: the customers become those of the next reseller above. Throws as `promote`. */
export const demote = (store: Store, account: AccountDocument): Promise<AccountDocument> =>
  setReseller(store, account, false, () => resellerAbove(store, account));

function setReseller(
  store: Store,
  { _id, pvt_superduper_admin }: AccountDocument,
  pvt_reseller: boolean,
  findSeller: () => Promise<string | undefined>,
): Promise<AccountDocument> {
  if (pvt_superduper_admin)
    throw new AppError('forbidden', { message: 'a master account is a reseller and stays one' });
  return exclusive(accountsLock, async () => {
    const below = await descendantsOf(store, _id);
    for (const { id } of below)
      if ((await findAccount(store, id))?.pvt_reseller)
        throw new AppError('account_has_descendants', { message: `${id} below it is a reseller` });
    const pvt_reseller_id = await findSeller();
    const saved = await updateAccount(store, _id, (document) => ({ ...document, pvt_reseller }));
    if (pvt_reseller_id !== undefined)
      for (const { id } of below)
        await updateAccount(store, id, (document) => ({ ...document, pvt_reseller_id }));
    return saved;
  });
}

/** The lowest account above that sells; the topmost one sells in any case. */
async function resellerAbove(store: Store, { pvt_tree = [] }: AccountDocument): Promise<string | undefined> {
  for (const id of pvt_tree.toReversed()) {
    const found = await findAccount(store, id);
    if (found?.pvt_reseller || found?.pvt_superduper_admin) return id;
  }
  return pvt_tree[0];
}
