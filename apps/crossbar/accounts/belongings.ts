// What an account has in databases that all accounts share, and that ends with it: hooks, stored functions, settings of storage.
import type { Store, ViewOptions } from '../../../core/couch/index.ts';

/** Where it stands, by the views that name it: those with the account as their key, and those whose keys begin with it. */
const places = [
  { database: 'system_data', design: 'storage', view: 'storage_by_account', isWhole: true },
  { database: 'system_data', design: 'storage', view: 'plans_by_account', isWhole: false },
  { database: 'webhooks', design: 'webhooks', view: 'accounts_listing', isWhole: true },
  { database: 'functions', design: 'functions', view: 'crossbar_listing', isWhole: false },
] as const;

/** Removes all of it for good. */
export async function removeBelongings(store: Store, account: string): Promise<void> {
  for (const { database: name, design, view, isWhole } of places) {
    const database = store.database(name);
    const range: ViewOptions = isWhole ? { key: account } : { startKey: [account], endKey: [account, {}] };
    const rows = await database.view(design, view, { ...range, reduce: false, fresh: true });
    for (const { id } of rows) await database.remove(id, { hard: true });
  }
}
