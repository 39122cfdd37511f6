// Providers and the apps that are registered with them, as `system_auth` has them.
import type { DocumentOf } from '../../../core/contract/index.ts';
import type { Database, Store } from '../../../core/couch/index.ts';
import { auth_app, auth_provider } from '../../../core/documents/index.ts';
import { typed } from '../engine/documents.ts';
import type { AccountDocument } from '../engine/request.ts';

export type Provider = DocumentOf<typeof auth_provider>;
export type AuthApp = DocumentOf<typeof auth_app>;

/** `pvt_provider_type` of providers of identities; others provide second factors. */
export const providerType = 'oauth';

export const registry = (store: Store): Database => store.database('system_auth');

/** A provider of identities, enabled or not. */
export async function findProvider(store: Store, id: string): Promise<Provider | undefined> {
  const found = isName(id) ? typed(auth_provider, await registry(store).find(id)) : undefined;
  return found?.pvt_provider_type === providerType ? found : undefined;
}

export async function findApp(store: Store, id: string): Promise<AuthApp | undefined> {
  return isName(id) ? typed(auth_app, await registry(store).find(id)) : undefined;
}

/** CouchDB keeps ids with a leading `_` for itself. */
const isName = (id: string): boolean => id !== '' && id.length <= 256 && !id.startsWith('_');

/** An app is for the people of its account and of those below it. */
export function serves(app: AuthApp, account: AccountDocument): boolean {
  const owner = app.pvt_account_id;
  return owner !== undefined && (owner === account._id || account.pvt_tree?.includes(owner) === true);
}
