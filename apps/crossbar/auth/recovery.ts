// A way back in for who forgot the password: a link by mail that is good once (contract/crossbar.md §5).
import { createHash, randomBytes } from 'node:crypto';
import {
  accountDatabase,
  gregorian,
  monthDatabase,
  monthOf,
  type StoredDocument,
} from '../../../core/couch/index.ts';
import { password_reset, user as userContract } from '../../../core/documents/index.ts';
import { AppError, hasCode } from '../../../core/errors/index.ts';
import { passwordRecovery } from '../../../core/messages/notification.ts';
import { findAccount } from '../engine/accounts.ts';
import { typed } from '../engine/documents.ts';
import type { DataReply } from '../engine/endpoint.ts';
import { type AccountDocument, invalid, type RestRequest, type UserDocument } from '../engine/request.ts';
import { noteAttempt } from './attempts.ts';
import { type AccountHint, accountsOf } from './login.ts';
import { openSession } from './session.ts';

const attempt = { method: 'cb_user_auth', type: 'user_auth_recovery' } as const;

interface Asked {
  readonly username: string;
  /** The page that the link is to lead to. */
  readonly ui_url: string;
}

/**
 * Sends a link to the user, if there is one with a mail address. The answer is the same when there is none, and comes
 * before anything is sent, so that it takes as long too.
 */
export async function askRecovery(
  request: RestRequest,
  hint: AccountHint,
  { username, ui_url }: Asked,
): Promise<DataReply> {
  const { services, clientIp } = request;
  await checkPage(request, ui_url);
  if (!services.bus.status().connected) throw new AppError('bus_unreachable');
  const guessed = [
    { key: `recovery of ${JSON.stringify([hint, username])}` },
    { key: `recovery from ${clientIp}` },
  ];
  services.lockout.check(guessed);
  // Nobody's mailbox is to be filled either.
  await services.lockout.failed(guessed);
  const [account] = await accountsOf(services, hint);
  const user = account && (await findUser(request, account, username));
  if (account && user?.email !== undefined && user.enabled !== false)
    void send(request, account, user, ui_url).catch((error: unknown) =>
      services.log.error('the mail to recover a password was not sent', { error, userId: user._id }),
    );
  return { data: 'if there is such a user, a link was sent to the mail address of the user' };
}

/** A link to any page would let anybody have the mail lead to a page of theirs, where such are named. */
async function checkPage({ services }: RestRequest, page: string): Promise<void> {
  const allowed = await services.systemConfig.get<readonly string[]>('crossbar', 'auth.recovery_ui_urls', []);
  if (allowed.length === 0 || allowed.some((one) => page === one || page.startsWith(withSlash(one)))) return;
  throw invalid('ui_url', 'forbidden', 'links may not lead to this page', { value: page });
}

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);

async function findUser(
  { services }: RestRequest,
  { _id }: AccountDocument,
  username: string,
): Promise<UserDocument | undefined> {
  const database = services.store.database(accountDatabase(_id));
  const [row] = await database.view('users', 'list_by_username', { key: username.toLowerCase() });
  return row && typed(userContract, await database.find(row.id));
}

async function send(
  request: RestRequest,
  account: AccountDocument,
  user: UserDocument,
  page: string,
): Promise<void> {
  const { services } = request;
  const now = new Date();
  const lifetime = await services.systemConfig.get('crossbar', 'auth.recovery_expiry_s', 3600);
  const resetId = `${account._id}${monthOf(now)}${randomBytes(32).toString('hex')}`;
  await services.store.database(monthDatabase(account._id, now)).save({
    _id: documentIdOf(resetId),
    pvt_type: password_reset.type,
    pvt_userid: user._id,
    pvt_signature_secret: user.pvt_signature_secret ?? '',
    expires: gregorian(now) + lifetime,
  } as StoredDocument);
  await services.bus.publish(
    passwordRecovery,
    {
      'Account-ID': account._id,
      'Account-DB': encodeURIComponent(accountDatabase(account._id)),
      Email: String(user.email),
      'First-Name': user.first_name,
      'Last-Name': user.last_name,
      ...(user.timezone !== undefined && { Timezone: user.timezone }),
      'User-ID': user._id,
      'Password-Reset-Link': `${page}${page.includes('?') ? '&' : '?'}recovery=${resetId}`,
    },
    { durable: true, mandatory: true, timeout: 30_000 },
  );
  const message = 'a link to recover the password was sent';
  await noteAttempt(request, {
    ...attempt,
    accountId: account._id,
    userId: user._id,
    status: 'success',
    message,
  });
}

/** A copy of the database must not have what stands in the links. */
const documentIdOf = (resetId: string): string =>
  `${resetId.slice(32, 38)}-${createHash('sha256').update(resetId.toLowerCase()).digest('hex')}`;

/** A token for who has the link; the user must set a new password. The link is good no more. */
export async function recover(
  request: RestRequest,
  { reset_id }: { readonly reset_id: string },
): Promise<DataReply> {
  const { services, clientIp } = request;
  const guessed = [{ key: `recovery from ${clientIp}`, slack: 2 }];
  services.lockout.check(guessed);
  const found = await findReset(request, reset_id.toLowerCase());
  if (!found) {
    await services.lockout.failed(guessed);
    throw invalid('user', 'not_found', 'the link is not good, or not any more', { cause: reset_id });
  }
  const { account, user, use } = found;
  return openSession(
    request,
    { account, user },
    {
      method: 'cb_user_auth',
      use,
      data: { require_password_update: true },
    },
  );
}

interface Reset {
  readonly account: AccountDocument;
  readonly user: UserDocument;
  readonly use: () => Promise<void>;
}

async function findReset({ services }: RestRequest, resetId: string): Promise<Reset | undefined> {
  const { store } = services;
  const [, accountId = '', month = ''] = /^([0-9a-f]{32})(\d{4}(?:0[1-9]|1[0-2]))/.exec(resetId) ?? [];
  const account = await findAccount(store, accountId);
  if (!account) return undefined;
  const own = store.database(accountDatabase(account._id));
  const months = store.database(`${accountDatabase(account._id)}-${month}`);
  const reset = typed(password_reset, await months.find(documentIdOf(resetId), { fresh: true }));
  if (!reset || reset.expires < gregorian()) return undefined;
  const user = typed(userContract, await own.find(String(reset.pvt_userid), { fresh: true }));
  // A password that was changed meanwhile needs no recovery.
  if (!user || user.enabled === false || (user.pvt_signature_secret ?? '') !== reset.pvt_signature_secret)
    return undefined;
  const use = async (): Promise<void> => {
    await months.remove(reset._id, { hard: true }).catch((error: unknown) => {
      // Somebody else was faster with the same link.
      const isGone = hasCode(error, 'not_found') || hasCode(error, 'datastore_conflict');
      throw isGone ? invalid('user', 'not_found', 'the link is not good any more') : error;
    });
    await own.update(user._id, (document) => ({ ...document, require_password_update: true }));
  };
  return { account, user, use };
}
