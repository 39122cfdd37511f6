// The first account of a cluster: the master account with its administrator, made where there is no account yet.
import type { AppContext } from '../../core/app/index.ts';
import { accountDatabase, type Store, type StoredDocument } from '../../core/couch/index.ts';
import { account as accountContract, user } from '../../core/documents/index.ts';
import { createAccount, recount } from './accounts/write.ts';
import { credentialFields } from './auth/credentials.ts';
import { loadSystemSecret } from './auth/secrets.ts';
import { resellerBelow } from './engine/accounts.ts';
import { typed } from './engine/documents.ts';

export interface FirstAccount {
  readonly name: string;
  readonly realm: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Makes the master account and its administrator. Undefined when the cluster has accounts already: then nothing is done.
 * `context` is crossbar's, whose app has started.
 */
export async function createFirstAccount(
  context: AppContext,
  { name, realm, username, password }: FirstAccount,
): Promise<{ readonly accountId: string; readonly userId: string } | undefined> {
  const { store, log } = context;
  const accounts = await store.ensure('accounts', 'accounts');
  if ((await accounts.view('accounts', 'listing_by_simple_id', { limit: 1, fresh: true })).length > 0)
    return undefined;
  const made = await createAccountWithAdmin(store, { name, realm, username, password, master: true });
  log.info('the first account was made', { accountId: made.accountId, realm });
  return made;
}

export interface NewCustomer extends FirstAccount {
  /** The account above it. */
  readonly parent?: StoredDocument;
  /** The first of a cluster: its administrators may do everything. */
  readonly master: boolean;
}

/** An account with its administrator. Rejects with `invalid_data` when another account has its name or realm. */
export async function createAccountWithAdmin(
  store: Store,
  { name, realm, username, password, parent, master }: NewCustomer,
): Promise<{ readonly accountId: string; readonly userId: string }> {
  const systemSecret = await loadSystemSecret(await store.ensure('system_auth', 'system_auth'));
  const above = typed(accountContract, parent);
  const tree = above ? [...(above.pvt_tree ?? []), above._id] : [];
  const privileges = { pvt_superduper_admin: true, pvt_reseller: true, pvt_wnm_allow_additions: true };
  const account = await createAccount(store, {
    fields: { name, realm },
    tree,
    private: {
      ...(master && privileges),
      ...(above && { pvt_reseller_id: resellerBelow(above) }),
    },
  });
  await recount(store, tree);
  const fields = user.accept({
    first_name: 'Account',
    last_name: 'Admin',
    username: username.toLowerCase(),
    priv_level: 'admin',
  });
  const saved = await store.database(accountDatabase(account._id)).save({
    ...fields,
    ...(await credentialFields(systemSecret, account._id, username.toLowerCase(), password)),
    pvt_type: user.type,
  } as StoredDocument);
  return { accountId: account._id, userId: saved._id };
}
