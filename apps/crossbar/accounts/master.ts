// The master account: the one at the root of the tree, which has the apps and sets the system up.
import type { Store } from '../../../core/couch/index.ts';
import { account } from '../../../core/documents/index.ts';
import { type AccountDocument, typed } from '../engine/index.ts';

/** Undefined while the cluster has no account. Of several roots it is the oldest that may do everything. */
export async function findMaster(store: Store): Promise<AccountDocument | undefined> {
  const rows = await store
    .database('accounts')
    .view('accounts_tree', 'list_by_tree_length', { key: 0, reduce: false, includeDocs: true });
  return rows
    .flatMap(({ doc }) => typed(account, doc) ?? [])
    .filter((it) => it.pvt_superduper_admin === true)
    .sort((a, b) => (a.pvt_created ?? 0) - (b.pvt_created ?? 0))[0];
}
