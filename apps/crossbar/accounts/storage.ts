// Where the attachments of an account go: settings in `system_data`, which end with the account.
import type { Store } from '../../../core/couch/index.ts';

/** Removes the settings of an account, of its users, and the plans that it has. */
export async function removeStorage(store: Store, account: string): Promise<void> {
  const database = store.database('system_data');
  const rows = [
    ...(await database.view('storage', 'storage_by_account', { key: account, fresh: true })),
    ...(await database.view('storage', 'plans_by_account', {
      startKey: [account],
      endKey: [account, {}],
      fresh: true,
    })),
  ];
  for (const { id } of rows) await database.remove(id, { hard: true });
}
