// Logging in: which accounts are meant, whose digest it is, and Kazoo's bare digests turned into salted ones on the way.
import { accountDatabase, numberDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import { user as userContract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { toE164 } from '../../../core/telephony/index.ts';
import { normalRealm } from '../accounts/realm.ts';
import { findAccount } from '../engine/accounts.ts';
import { storedAs } from '../engine/documents.ts';
import type { AccountDocument, Services, UserDocument } from '../engine/request.ts';
import { type Method, newSignatureSecret, stored, withoutPlainDigests } from './credentials.ts';
import { guessedFrom } from './lockout.ts';
import { checkEnabled } from './tokens.ts';

/** How a client names the account it means. */
export interface AccountHint {
  readonly account_name?: string | undefined;
  readonly account_realm?: string | undefined;
  readonly phone_number?: string | undefined;
}

export interface Login {
  readonly account: AccountDocument;
  readonly user: UserDocument;
}

/** More accounts of one name than this are not tried: each costs a slow hash. */
const mostAccounts = 5;

/** What a client sent, and how it made it. */
export interface Sent {
  readonly method: Method;
  readonly sent: string;
}

/**
 * The user behind a digest in the accounts that the hint may mean. Rejects with `invalid_credentials`, `locked` when the
 * account is disabled, or `too_many_requests` when this address tried too often.
 */
export async function logIn(
  services: Services,
  hint: AccountHint,
  clientIp: string,
  credentials: Sent,
): Promise<Login> {
  const accounts = await accountsOf(services, hint);
  // An unknown account takes as long as a wrong password: who asks learns nothing from the time.
  if (accounts.length === 0) await logInTo(services, undefined, clientIp, credentials);
  for (const account of accounts) {
    const user = await find(services, account, clientIp, credentials);
    if (user?.enabled === false) break;
    if (!user) continue;
    checkEnabled(account);
    return { account, user };
  }
  throw refusal(accounts);
}

/** The user behind a digest in this account; without an account nobody. As `logIn`. */
export async function logInTo(
  services: Services,
  account: AccountDocument | undefined,
  clientIp: string,
  credentials: Sent,
): Promise<UserDocument> {
  const user = await find(services, account, clientIp, credentials);
  if (!user || !account || user.enabled === false) throw refusal(account ? [account] : []);
  checkEnabled(account);
  return user;
}

/** Known to who writes the attempt down, never to who asks. */
const refusal = (accounts: readonly AccountDocument[]): AppError =>
  new AppError('invalid_credentials', { details: { accounts: accounts.map(({ _id }) => _id) } });

async function find(
  services: Services,
  account: AccountDocument | undefined,
  clientIp: string,
  { method, sent }: Sent,
): Promise<UserDocument | undefined> {
  const { lockout, secrets } = services;
  const guessed = guessedFrom(clientIp, account?._id ?? 'nobody');
  lockout.check(guessed);
  if (!account) await stored(secrets.systemSecret, 'nobody', sent);
  const user =
    account &&
    ((await bySalted(services, account, method, sent)) ?? (await byPlain(services, account, method, sent)));
  if (!user) await lockout.failed(guessed);
  return user;
}

/** The accounts that a hint may mean, the first few of them. */
export async function accountsOf(services: Services, hint: AccountHint): Promise<AccountDocument[]> {
  const ids = await accountIdsOf(services, hint);
  const found = await Promise.all(ids.slice(0, mostAccounts).map((id) => findAccount(services.store, id)));
  return found.filter((account) => account !== undefined);
}

async function accountIdsOf({ store }: Services, hint: AccountHint): Promise<string[]> {
  const lookUp = async (view: string, key: string): Promise<string[]> => {
    const rows = await store.database('accounts').view('accounts', view, { key, sure: true });
    return rows.map((row) => row.id);
  };
  if (hint.account_realm !== undefined)
    return lookUp('listing_by_realm', normalRealm(hint.account_realm).toLowerCase());
  if (hint.account_name !== undefined) {
    const name = hint.account_name.toLowerCase().replace(/[^a-z0-9]/g, '');
    return name === '' ? [] : lookUp('listing_by_alphanum_name', name);
  }
  const e164 = toE164(hint.phone_number ?? '');
  const number = /^\+\d{5,15}$/.test(e164)
    ? await store.database(numberDatabase(e164)).find(e164)
    : undefined;
  const owner = number?.['pvt_assigned_to'];
  return typeof owner === 'string' ? [owner] : [];
}

async function bySalted(
  { store, secrets }: Services,
  account: AccountDocument,
  method: Method,
  sent: string,
): Promise<UserDocument | undefined> {
  const database = store.database(accountDatabase(account._id));
  const key = await stored(secrets.systemSecret, account._id, sent);
  const rows = await database.view<{ method: string }>('users', 'creds_by_argon2', {
    key,
    sure: true,
  });
  const row = rows.find(({ value }) => value.method.replace('_typed', '') === method);
  return row && database.getAs(userContract, row.id);
}

/** A user that Kazoo wrote; rewritten so that next time the digest at rest is no longer what a client would send. */
async function byPlain(
  { store, secrets, log }: Services,
  account: AccountDocument,
  method: Method,
  sent: string,
): Promise<UserDocument | undefined> {
  const database = store.database(accountDatabase(account._id));
  const [row] = await database.view('users', method === 'sha' ? 'creds_by_sha' : 'creds_by_md5', {
    key: sent,
  });
  if (!row) return undefined;
  const before = await database.getAs(userContract, row.id, { fresh: true });
  const plain = { md5: before.pvt_md5_auth, sha: before.pvt_sha1_auth };
  if (plain[method] !== sent) return undefined;
  const salted: Partial<Record<Method, string>> = {};
  for (const [name, value] of Object.entries(plain) as [Method, string | undefined][])
    if (value !== undefined) salted[name] = await stored(secrets.systemSecret, account._id, value);
  const after = await database.update(row.id, (document) => {
    const user = storedAs(userContract, document);
    // Somebody set another password meanwhile: leave it.
    if (user.pvt_md5_auth !== plain.md5 || user.pvt_sha1_auth !== plain.sha) return undefined;
    return {
      ...withoutPlainDigests(user),
      pvt_argon2_auth: salted,
      pvt_signature_secret: user.pvt_signature_secret ?? newSignatureSecret(),
    } as StoredDocument;
  });
  log.info('stored credentials were upgraded', { accountId: account._id, userId: row.id });
  return storedAs(userContract, after);
}
