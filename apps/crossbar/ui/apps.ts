// The apps of the user interface as an account, or one user of it, has them. The documents are the master account's; what an
// account makes of them stands in its `apps_store` document.
import type { DocumentOf } from '../../../core/contract/index.ts';
import { accountDatabase, type Database } from '../../../core/couch/index.ts';
import { app, appsStore, whitelabel } from '../../../core/documents/index.ts';
import { findMaster } from '../accounts/master.ts';
import { type AccountDocument, type Services, typed, type UserDocument } from '../engine/index.ts';

export type AppDocument = DocumentOf<typeof app>;
export type AppsStoreDocument = DocumentOf<typeof appsStore>;
export type Permission = NonNullable<AppsStoreDocument['apps']>[string];

/** An app, with what the account says of it laid over the document. */
export type AllowedApp = Omit<AppDocument, 'users' | 'allowed_users'> & Permission;

/** Id of the document of an account that says which apps it has. */
export const appsStoreId = 'apps_store';

/** Every app that is registered, with the database that has them. Nothing while there is no master account. */
export async function registeredApps({
  store,
}: Pick<Services, 'store'>): Promise<
  { readonly database: Database; readonly apps: AppDocument[] } | undefined
> {
  const master = await findMaster(store);
  if (!master) return undefined;
  const database = store.database(accountDatabase(master._id));
  const rows = await database.view('apps_store', 'crossbar_listing', { includeDocs: true });
  return { database, apps: rows.flatMap(({ doc }) => typed(app, doc) ?? []) };
}

/**
 * The apps that an account may have, by name; for a user those that this one may use. The master account has all of them, even
 * what is not published.
 */
export async function allowedApps(
  services: Pick<Services, 'store'>,
  account: AccountDocument,
  user?: UserDocument,
): Promise<AllowedApp[]> {
  const registered = await registeredApps(services);
  if (!registered) return [];
  const database = services.store.database(accountDatabase(account._id));
  const own = typed(appsStore, await database.find(appsStoreId));
  const branding = typed(whitelabel, await database.find(whitelabel.type));
  const isMaster = account.pvt_superduper_admin === true;
  const isReseller = account.pvt_reseller === true;
  const isAllowed = (one: AppDocument): boolean => {
    if (isMaster) return true;
    if (one.published === false || own?.blacklist?.includes(one._id)) return false;
    if (one.name === 'port' && branding?.hide_port === true && !isReseller) return false;
    const permission = own?.apps?.[one._id];
    return !permission || !user || permits(permission, user);
  };
  return registered.apps
    .filter(isAllowed)
    .map((one) => ({ ...one, ...own?.apps?.[one._id], name: one.name, _id: one._id }));
}

/** Whether somebody is among those who may use an app; without a word on it only those who are named. */
function permits({ allowed_users = 'specific', users = [] }: Permission, user: UserDocument): boolean {
  if (allowed_users === 'all') return true;
  if (allowed_users === 'admins') return user.priv_level === 'admin';
  return users.some((one) => (typeof one === 'string' ? one : one.id) === user._id);
}

/** The `apps` of a login. */
export async function appsOfSession(
  services: Pick<Services, 'store'>,
  account: AccountDocument,
  user: UserDocument | undefined,
): Promise<object[]> {
  const apps = await allowedApps(services, account, user);
  return apps.map(({ _id, name, api_url, source_url, i18n }) => ({
    id: _id,
    name,
    ...(api_url !== undefined && { api_url }),
    ...(source_url !== undefined && { source_url }),
    label: (i18n['en-US'] ?? Object.values(i18n)[0])?.label ?? name,
  }));
}
