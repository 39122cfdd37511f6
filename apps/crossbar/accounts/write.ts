// Accounts at rest: one document in the account's own database, and a copy in `accounts`, which is what makes it exist.
import { randomBytes } from 'node:crypto';
import { accountDatabase, type Store, type StoredDocument } from '../../../core/couch/index.ts';
import { account as contract } from '../../../core/documents/index.ts';
import {
  type AccountDocument,
  alphanumericName,
  exclusive,
  invalid,
  storedAs,
  writeCopy,
} from '../engine/index.ts';
import { checkUnique } from '../engine/unique.ts';
import { normalizeEmergency } from '../people/emergency.ts';
import { normalRealm } from './realm.ts';

/** One lock for all accounts: names and realms are unique among all of them. */
export const accountsLock = 'accounts';

/** Throws `realm.unique` or `name.unique` when another account has it, or its devices sign in under the realm. */
export async function checkAccountUnique(
  store: Store,
  next: Record<string, unknown>,
  own: string | undefined,
): Promise<void> {
  const view = (name: string) => ({ design: 'accounts', view: name });
  await checkUnique(
    store.database('accounts'),
    [
      { field: 'realm', listing: view('listing_by_realm'), fold: true },
      { field: 'name', listing: view('listing_by_name') },
    ],
    next,
    own,
  );
  const realm = String(next['realm']).toLowerCase();
  const devices = await store.database('sip_auth').view('credentials', 'lookup', {
    startKey: [realm],
    endKey: [realm, {}],
    includeDocs: true,
    fresh: true,
  });
  if (devices.some(({ doc }) => doc?.pvt_account_id !== own))
    throw invalid('realm', 'unique', 'devices of another account sign in under this realm', { cause: realm });
}

/** The public part of an account, checked. Throws `invalid_data`. */
export function acceptAccount({
  realm,
  ...fields
}: Readonly<Record<string, unknown>>): ReturnType<typeof contract.accept> {
  const account = contract.accept({
    ...fields,
    realm: typeof realm === 'string' ? normalRealm(realm) : realm,
  });
  normalizeEmergency(account);
  return account;
}

/** What a new account is made of. */
export interface NewAccount {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Ancestors, the root first. */
  readonly tree: readonly string[];
  readonly private: Readonly<Record<string, unknown>>;
}

/** Makes an account with its database. When it fails half way nothing is left that looks like an account. */
export async function createAccount(
  store: Store,
  { fields, tree, ...more }: NewAccount,
): Promise<AccountDocument> {
  return exclusive(accountsLock, async () => {
    const accepted = acceptAccount(fields);
    await checkAccountUnique(store, accepted, undefined);
    const id = randomBytes(16).toString('hex');
    const document = {
      ...accepted,
      ...alphanumericName(accepted['name']),
      _id: id,
      pvt_type: contract.type,
      pvt_account_id: id,
      pvt_account_db: encodeURIComponent(accountDatabase(id)),
      pvt_tree: [...tree],
      pvt_enabled: true,
      pvt_api_key: newApiKey(),
      ...more.private,
    } as StoredDocument;
    const database = await store.ensure(accountDatabase(id), 'account');
    try {
      const saved = await database.save(document);
      await writeCopy(store.database('accounts'), saved);
      // Another crossbar may have looked and written at the same moment: then both see it now, and neither keeps it.
      await checkAccountUnique(store, accepted, id);
      return storedAs(contract, saved);
    } catch (error) {
      // Without the copy there is no account, and its database would be litter.
      // Should removing them fail as well, the first error is the one to tell.
      await Promise.allSettled([store.database('accounts').remove(id, { hard: true })]);
      await Promise.allSettled([store.drop(accountDatabase(id))]);
      throw error;
    }
  });
}

/** Changes both documents; what is in the account's own database counts. */
export async function updateAccount(
  store: Store,
  id: string,
  change: (document: StoredDocument) => StoredDocument,
): Promise<AccountDocument> {
  const saved = await store.database(accountDatabase(id)).update(id, change);
  await writeCopy(store.database('accounts'), saved);
  return storedAs(contract, saved);
}

/** Counts anew how many accounts stand below these. */
export async function recount(store: Store, ids: readonly string[]): Promise<void> {
  const accounts = store.database('accounts');
  for (const id of ids) {
    const account = await accounts.find(id, { fresh: true });
    if (!account) continue;
    const [row] = await accounts.view<number>('accounts', 'listing_by_descendants_count', {
      key: id,
      fresh: true,
    });
    const descendants_count = row?.value ?? 0;
    if (account['descendants_count'] !== descendants_count)
      await updateAccount(store, id, (document) => ({ ...document, descendants_count }));
  }
}

export function newApiKey(): string {
  return randomBytes(32).toString('hex');
}
