// Name and password with every request: `Authorization: Basic` over `account:digest` or `account:user:password`
// (contract/crossbar.md §5).
import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { accountDatabase } from '../../../core/couch/index.ts';
import { user as userContract } from '../../../core/documents/index.ts';
import { AppError, hasCode } from '../../../core/errors/index.ts';
import { findAccount } from '../engine/accounts.ts';
import { typed } from '../engine/documents.ts';
import type { Received } from '../engine/pipeline.ts';
import type { Auth, Services, UserDocument } from '../engine/request.ts';
import { digest, type Method } from './credentials.ts';
import { logInTo } from './login.ts';
import { needsSecondFactor } from './second-factor.ts';
import { securityOf } from './security.ts';
import { authOf } from './tokens.ts';

const method = 'cb_basic_auth';

/** What stands behind `Basic`, or undefined. */
export function basicCredentials({ authorization }: IncomingHttpHeaders): string | undefined {
  const [, encoded] = /^Basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(authorization ?? '') ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

/** Who was let in with which credentials, so that not every request costs a slow hash. Never more than this many. */
const remembered = new Map<string, Known>();
const most = 1_000;

interface Known {
  readonly accountId: string;
  readonly userId: string;
  /** Another one means another password. */
  readonly secret: string | undefined;
}

/**
 * Who these credentials are of. Rejects with `invalid_credentials`, `locked`, or `too_many_requests` after too many wrong
 * ones. Who needs a second factor cannot get in this way.
 */
export async function byBasicCredentials({ services, clientIp }: Received, given: string): Promise<Auth> {
  const [, accountId = '', credentials = ''] = /^([^:]*):(.*)$/s.exec(given) ?? [];
  const key = createHmac('sha256', services.secrets.systemSecret).update(`basic ${given}`).digest('hex');
  const account = await findAccount(services.store, accountId);
  const user =
    (await recall(services, key)) ??
    (await logInTo(services, account, clientIp, await sentBy(services, credentials)));
  if (!account) throw new AppError('invalid_credentials');
  const open = (await securityOf(services, account._id))[method]?.enabled !== false;
  if (!open || (await needsSecondFactor(services, 'cb_user_auth', { account, user })))
    throw new AppError('invalid_credentials', { message: 'this account or user takes tokens only' });
  remember(key, { accountId: account._id, userId: user._id, secret: user.pvt_signature_secret });
  return authOf(services, { token: undefined, method, account, user });
}

/** The digest of a login; with a user name before it, it is made here. */
async function sentBy(
  { systemConfig }: Services,
  credentials: string,
): Promise<{ readonly method: Method; readonly sent: string }> {
  const [, username, password] = /^([^:]+):(.*)$/s.exec(credentials) ?? [];
  if (username !== undefined && password !== undefined)
    return { method: 'md5', sent: digest('md5', username, password) };
  const type = await systemConfig.get('crossbar', 'auth.basic_auth_type', 'md5');
  return { method: type === 'sha' ? 'sha' : 'md5', sent: credentials.toLowerCase() };
}

async function recall({ store }: Services, key: string): Promise<UserDocument | undefined> {
  const known = remembered.get(key);
  if (!known) return undefined;
  try {
    const found = await store.database(accountDatabase(known.accountId)).find(known.userId);
    const user = typed(userContract, found);
    if (user && user.enabled !== false && user.pvt_signature_secret === known.secret) return user;
  } catch (error) {
    if (!hasCode(error, 'datastore_missing')) throw error;
  }
  remembered.delete(key);
  return undefined;
}

function remember(key: string, known: Known): void {
  remembered.delete(key);
  remembered.set(key, known);
  for (const oldest of remembered.keys()) {
    if (remembered.size <= most) break;
    remembered.delete(oldest);
  }
}
