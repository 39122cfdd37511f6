// Tokens: JWTs that any crossbar of the cluster can check, and that end with the secret of who they were issued to.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { accountDatabase } from '../../../core/couch/index.ts';
import { user as userContract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { findAccount } from '../engine/accounts.ts';
import { typed } from '../engine/documents.ts';
import type { AccountDocument, Auth, Services, UserDocument } from '../engine/request.ts';
import { algorithm } from './secrets.ts';

const issuer = 'kazoo';

export type AuthMethod = 'cb_user_auth' | 'cb_api_auth';

/** A new token (contract/crossbar.md §5). `original` is who really asks, when they ask for somebody else. */
export async function issueToken(
  { secrets, systemConfig }: Services,
  method: AuthMethod,
  account: AccountDocument,
  user: UserDocument | undefined,
  original?: Auth,
): Promise<string> {
  const lifetime = await systemConfig.get('crossbar', 'auth.token_auth_expiry_s', 3600);
  return new SignJWT({
    account_id: account._id,
    ...(user && { owner_id: user._id }),
    method,
    ...(original && { original_account_id: original.account._id }),
    ...(original?.user && { original_owner_id: original.user._id }),
    identity_sig: signature(secrets.systemSecret, account, user).toString('base64url'),
  })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: secrets.keyId })
    .setIssuer(issuer)
    .setExpirationTime(Math.floor(Date.now() / 1000) + lifetime)
    .sign(secrets.privateKey);
}

/**
 * Who a token speaks for. Rejects with `invalid_credentials` when it is not ours, has expired, or its user or account is
 * gone, disabled or has another password by now; with `locked` when the account is disabled.
 */
export async function readToken(services: Services, token: string): Promise<Auth> {
  const claims = await verified(services, token);
  const account = await findAccount(services.store, String(claims['account_id']));
  if (!account) throw refused();
  const user = await userOf(services, account, claims['owner_id']);
  const given = Buffer.from(String(claims['identity_sig']), 'base64url');
  const expected = signature(services.secrets.systemSecret, account, user);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refused();
  checkEnabled(account);
  const admin = user === undefined || user.priv_level === 'admin';
  return {
    token,
    method: String(claims['method']),
    account,
    user,
    admin,
    superduper: admin && account.pvt_superduper_admin === true,
  };
}

/** The claims of a token that was signed here and has not expired. */
async function verified({ secrets }: Services, token: string): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, secrets.publicKey, { issuer, algorithms: [algorithm] })).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refused(error);
    throw error;
  }
}

/** Throws `locked` for an account that is disabled. */
export function checkEnabled(account: AccountDocument): void {
  if (account.pvt_enabled !== false) return;
  const violations = [{ path: 'account', code: 'disabled', message: 'account disabled', cause: account._id }];
  throw new AppError('locked', { details: { violations } });
}

async function userOf(
  { store }: Services,
  account: AccountDocument,
  id: unknown,
): Promise<UserDocument | undefined> {
  if (id === undefined) return undefined;
  const user = typed(userContract, await store.database(accountDatabase(account._id)).find(String(id)));
  if (!user || user.enabled === false) throw refused();
  return user;
}

/** Depends on a secret of the user (of the API key's account), so that a new password ends the tokens of the old one. */
function signature(systemSecret: Buffer, account: AccountDocument, user: UserDocument | undefined): Buffer {
  const secret = user ? user.pvt_signature_secret : account.pvt_api_key;
  const identity = JSON.stringify([account._id, user?._id ?? null, secret ?? '']);
  return createHmac('sha256', systemSecret).update(`identity ${identity}`).digest();
}

function refused(cause?: unknown): AppError {
  return new AppError('invalid_credentials', { message: 'the token is not valid or has expired', cause });
}
