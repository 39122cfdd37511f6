// The domain of a branding: one account has it, and it is found by it.
import {
  accountDatabase,
  type Database,
  type Store,
  type StoredDocument,
} from '../../../core/couch/index.ts';
import { whitelabel } from '../../../core/documents/index.ts';
import { updateAccount } from '../accounts/write.ts';
import { exclusive, load, missing } from '../engine/index.ts';
import { checkUnique } from '../engine/unique.ts';

const listing = { design: 'accounts', view: 'list_by_whitelabel_domain' };

/**
 * Writes the domain of an account's branding into the account, where it is looked up; none takes it away. Rejects with
 * `domain.unique` when another account has it.
 */
export async function claimDomain(
  store: Store,
  accountId: string,
  domain: string | undefined,
): Promise<void> {
  const check = () =>
    checkUnique(
      store.database('accounts'),
      [{ field: 'domain', listing, fold: true }],
      { domain },
      accountId,
    );
  await exclusive('whitelabel domains', async () => {
    await check();
    const before = (await store.database(accountDatabase(accountId)).get(accountId))['pvt_whitelabel_domain'];
    const name = domain?.toLowerCase();
    if (before === name) return;
    await setDomain(store, accountId, name);
    // Another crossbar may have looked and written at the same moment: then both see it now, and neither keeps it.
    await check().catch(async (error: unknown) => {
      await setDomain(store, accountId, typeof before === 'string' ? before : undefined);
      throw error;
    });
  });
}

async function setDomain(store: Store, accountId: string, domain: string | undefined): Promise<void> {
  await updateAccount(store, accountId, ({ pvt_whitelabel_domain: _, ...account }) => {
    const named = domain === undefined || domain === '' ? {} : { pvt_whitelabel_domain: domain };
    return { ...account, ...named } as StoredDocument;
  });
}

/** The database of the account whose branding has the domain. Rejects with `bad_identifier` when there is none. */
export async function databaseOfDomain(store: Store, domain: string): Promise<Database> {
  const key = domain.toLowerCase();
  const [row] = await store.database('accounts').view(listing.design, listing.view, { key });
  if (!row) throw missing(domain);
  const database = store.database(accountDatabase(row.id));
  await load(database, whitelabel, whitelabel.type);
  return database;
}
