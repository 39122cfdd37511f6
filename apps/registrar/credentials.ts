// Finds what a SIP user name of a realm stands for: a device, the server of a PBX, or a device of a foreign realm.
import { getAt, isRecord } from '../../core/contract/index.ts';
import { accountDatabase, type Store, type StoredDocument } from '../../core/couch/index.ts';
import { hasCode } from '../../core/errors/index.ts';
import { type Identity, text } from './identity.ts';

/** A user name that exists, with how it proves itself. */
export interface Credentials extends Identity {
  readonly username: string;
  readonly method: 'password' | 'ip';
  readonly password: string | undefined;
  /** The address that method `ip` demands. */
  readonly ip: string | undefined;
}

/** Why a user may not sign in. */
export type Refusal =
  | 'unknown_user'
  | 'account_disabled'
  | 'device_disabled'
  | 'owner_disabled'
  | 'wrong_address';

/**
 * The credentials of `username` in `realm`, both in any case. All reads go through the store's cache.
 * Rejects only when the store fails.
 */
export async function findCredentials(
  store: Store,
  realm: string,
  username: string,
): Promise<Credentials | undefined> {
  const [name, domain] = [username.toLowerCase(), realm.toLowerCase()];
  const accountId = await findAccount(store, domain);
  const own = accountId === undefined ? undefined : await findInAccount(store, accountId, name, realm);
  return own ?? findForeign(store, domain, name, realm);
}

/** Why these credentials may not be used from `address`, or undefined when they may. */
export function refusalOf(credentials: Credentials, address: string | undefined): Refusal | undefined {
  const { account, document, owner, username } = credentials;
  if (!account || isDisabled(account)) return 'account_disabled';
  if (isDisabled(document) || isDisabled(serverOf(document, username)?.['options'])) return 'device_disabled';
  if (isDisabled(owner)) return 'owner_disabled';
  if (credentials.method === 'ip' && (address === undefined || address !== credentials.ip))
    return 'wrong_address';
  return undefined;
}

/** True when a document says that it must not be used. */
export function isDisabled(document: unknown): boolean {
  return isRecord(document) && (document['enabled'] === false || document['pvt_enabled'] === false);
}

/** The account of a realm. */
async function findAccount(store: Store, realm: string): Promise<string | undefined> {
  const rows = await store
    .database('accounts')
    .view<{ account_id?: string }>('accounts', 'listing_by_realm', { key: realm, sure: true });
  return rows[0] && (rows[0].value.account_id ?? rows[0].id);
}

async function findInAccount(
  store: Store,
  accountId: string,
  name: string,
  realm: string,
): Promise<Credentials | undefined> {
  const database = store.database(accountDatabase(accountId));
  const rows = await database
    .view<Readonly<Record<string, unknown>>>('devices', 'sip_credentials', { key: name, sure: true })
    .catch(orNone);
  const row = rows[0];
  const document = row && (await database.find(row.id));
  if (!document) return undefined;
  const [account, owner] = await Promise.all([
    database.find(accountId),
    findOwner(store, accountId, document, name),
  ]);
  return credentialsOf({ document, account, owner, realm, username: name });
}

/** A device of the `sip_auth` database, which signs in under a realm of its own. */
async function findForeign(
  store: Store,
  domain: string,
  name: string,
  realm: string,
): Promise<Credentials | undefined> {
  const database = store.database('sip_auth');
  const rows = await database.view('credentials', 'lookup', { key: [domain, name] }).catch(orNone);
  const document = rows[0] && (await database.find(rows[0].id));
  if (!document) return undefined;
  const accountId = document.pvt_account_id;
  const [account, owner] = accountId
    ? await Promise.all([
        store.database(accountDatabase(accountId)).find(accountId),
        findOwner(store, accountId, document, name),
      ])
    : [undefined, undefined];
  return credentialsOf({ document, account, owner, realm, username: name });
}

/** The owner of a device: its own, or the one user who is at home there by hotdesking. */
export async function findOwner(
  store: Store,
  accountId: string,
  document: StoredDocument,
  name: string | undefined,
): Promise<StoredDocument | undefined> {
  const database = store.database(accountDatabase(accountId));
  const id = text(document, 'owner_id');
  if (id !== undefined || name === undefined) return id === undefined ? undefined : database.find(id);
  const guests = Object.keys((getAt(document, 'hotdesk.users') as object | undefined) ?? {});
  return guests.length === 1 ? database.find(guests[0] as string) : undefined;
}

function credentialsOf(identity: Identity & { readonly username: string }): Credentials {
  const { document, username } = identity;
  const server = serverOf(document, username);
  const auth = isRecord(server?.['auth']) ? server['auth'] : undefined;
  const given = auth
    ? {
        method: auth['auth_method'],
        password: auth['auth_password'],
        ip: auth['ip'],
        username: auth['auth_user'],
      }
    : (getAt(document, 'sip') as Readonly<Record<string, unknown>>);
  const string = (value: unknown): string | undefined =>
    typeof value === 'string' && value !== '' ? value : undefined;
  return {
    ...identity,
    username: string(given['username']) ?? username,
    method: String(given['method']).toLowerCase() === 'ip' ? 'ip' : 'password',
    password: string(given['password']),
    ip: string(given['ip']),
  };
}

/** The server of a PBX that signs in by this name. */
function serverOf(document: StoredDocument, name: string): Readonly<Record<string, unknown>> | undefined {
  if (document.pvt_type !== 'sys_info' || !Array.isArray(document['servers'])) return undefined;
  return document['servers'].find(
    (server: unknown) => String(getAt(server, 'auth.auth_user')).toLowerCase() === name.toLowerCase(),
  ) as Readonly<Record<string, unknown>> | undefined;
}

/** An account whose database is not there (yet) has no devices. */
function orNone(error: unknown): never[] {
  if (hasCode(error, 'datastore_missing') || hasCode(error, 'datastore_missing_view')) return [];
  throw error;
}
