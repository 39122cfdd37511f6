// Tokens: JWTs that any crossbar of the cluster can check, and that end with the secret of who they were issued to.
import { randomUUID } from 'node:crypto';
import { errors, type JWTPayload, SignJWT } from 'jose';
import { accountDatabase, gregorian, noting, type Reads } from '../../../core/couch/index.ts';
import { role as roleContract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { findAccount, findUser } from '../engine/accounts.ts';
import { typed } from '../engine/documents.ts';
import type { AccountDocument, Auth, Services, UserDocument } from '../engine/request.ts';
import { identitySignature, isSignedFor } from './identity.ts';
import { algorithm, keysDocument } from './keys.ts';
import { remember, remembered } from './remembered.ts';
import { type EndpointRules, restrictionsFor } from './restrictions.ts';
import { claimsOf } from './signatures.ts';
import { findStoredToken, isRevoked } from './stored-tokens.ts';

const issuer = 'kazoo';

export type AuthMethod = 'cb_user_auth' | 'cb_api_auth' | 'cb_ip_auth' | 'cb_basic_auth' | 'cb_auth';

/** Whom a token is for. */
export interface Holder {
  readonly account: AccountDocument;
  readonly user: UserDocument | undefined;
  /** Who really asks, when they ask for somebody else. */
  readonly original?: Auth['original'];
}

/** A new token (contract/crossbar.md §5), good for so many seconds; `said` are claims that decide nothing. */
export async function issueToken(
  services: Services,
  method: AuthMethod,
  { account, user, original }: Holder,
  lifetime: number,
  said: JWTPayload = {},
): Promise<string> {
  const { secrets } = services;
  const claims = {
    ...said,
    account_id: account._id,
    ...(user && { owner_id: user._id }),
    method,
    ...(original && { original_account_id: original.accountId }),
    ...(original?.ownerId !== undefined && { original_owner_id: original.ownerId }),
    identity_sig: (await identitySignature(secrets, account, user)).toString('base64url'),
  };
  return signed(services, claims, lifetime);
}

/** Seconds that a token of an identity is good for. */
const identityLifetime = 900;

/** A token that says who somebody is at a provider (`auth_id`). It names no account, and so opens nothing. */
export async function issueIdentityToken(
  services: Services,
  said: JWTPayload & { readonly auth_id: string },
): Promise<string> {
  return signed(services, { ...said, method: 'cb_auth' }, identityLifetime);
}

/** The `auth_id` of such a token. Rejects with `invalid_credentials` for any other. */
export async function identityTokenOf(services: Services, token: string): Promise<string> {
  const { auth_id: id, account_id: account } = await verified(services, token);
  if (typeof id !== 'string' || account !== undefined) throw refused();
  return id;
}

async function signed({ secrets }: Services, claims: JWTPayload, lifetime: number): Promise<string> {
  const { kid, key } = await secrets.keys.signing();
  const longest = await secrets.keys.retention();
  return new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid })
    .setIssuer(issuer)
    .setJti(randomUUID())
    .setExpirationTime(Math.floor(Date.now() / 1000) + Math.min(lifetime, longest))
    .sign(key);
}

/**
 * Who a token speaks for. Rejects with `invalid_credentials` when it is not ours, has expired or was revoked, or when its
 * user or account is gone, disabled or has another password by now; with `locked` when the account is disabled.
 */
export async function readToken(services: Services, token: string): Promise<Auth> {
  const known = remembered(services.secrets, token);
  if (known) return known;
  const isJwt = token.split('.').length === 3;
  const { secrets, systemConfig } = services;
  const store = noting(services.store);
  // What is read of these elsewhere is at least as new as what is noted of them here.
  await store.database('system_auth').find(keysDocument);
  await store.database('system_config').find('crossbar');
  const claims = isJwt ? await verified(services, token) : await findStoredToken(services, token);
  if (!claims) throw refused();
  const account = await findAccount(store, String(claims['account_id']));
  if (!account) throw refused();
  const user = await userOf(store, account, claims['owner_id']);
  if (isJwt && !(await isSignedFor(secrets, claims['identity_sig'], account, user))) throw refused();
  if (isJwt && (await isRevoked(store, claims))) throw refused();
  const { original_account_id: accountId, original_owner_id: ownerId } = claims;
  const auth = await authOf(
    { systemConfig, store },
    {
      token,
      method: String(claims['method']),
      account,
      user,
      ...(typeof accountId === 'string' && {
        original: { accountId, ownerId: typeof ownerId === 'string' ? ownerId : undefined },
      }),
      ...(!isJwt &&
        claims['restrictions'] !== undefined && { rules: claims['restrictions'] as EndpointRules }),
    },
  );
  // The use of a token that is a document is noted there.
  if (isJwt) remember(secrets, token, auth, store);
  return auth;
}

type Known = Pick<Auth, 'token' | 'method' | 'account' | 'user' | 'original'> & {
  /** Rules that the token itself carries. */
  readonly rules?: EndpointRules;
};

/** What somebody who is known may do. Rejects with `locked` when their account is disabled. */
export async function authOf(
  services: Pick<Services, 'systemConfig'> & { readonly store: Reads },
  { rules, ...who }: Known,
): Promise<Auth> {
  const { account, user, method } = who;
  checkEnabled(account);
  const role = await roleOf(services.store, account, user);
  const privLevel = user ? (role ?? user).priv_level : 'admin';
  const restrictions = rules ?? (await restrictionsFor(services, account, method, privLevel ?? 'user'));
  const admin = privLevel === 'admin';
  return {
    ...who,
    admin,
    superduper: admin && account.pvt_superduper_admin === true,
    role,
    rules: [role?.rules, restrictions].filter((one) => one !== undefined),
  };
}

/** The claims of a token that was signed here and has not expired. */
async function verified({ secrets }: Services, token: string): Promise<Readonly<JWTPayload>> {
  try {
    return await claimsOf(token, secrets.keys, issuer, refused);
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refused(error);
    throw error;
  }
}

/** Throws `locked` for an account that is disabled or whose trial is over. */
export function checkEnabled(account: AccountDocument): void {
  const { pvt_enabled, pvt_trial_expires: trial } = account;
  const expired = trial !== undefined && trial < gregorian();
  if (pvt_enabled !== false && !expired) return;
  const code = expired ? 'expired' : 'disabled';
  const violations = [{ path: 'account', code, message: `account ${code}`, cause: account._id }];
  throw new AppError('locked', { details: { violations } });
}

async function userOf(
  store: Reads,
  account: AccountDocument,
  id: unknown,
): Promise<UserDocument | undefined> {
  if (id === undefined) return undefined;
  const user = await findUser(store, account, String(id));
  if (!user || user.enabled === false) throw refused();
  return user;
}

/** The role of a user; one that is gone permits nothing. */
async function roleOf(
  store: Reads,
  account: AccountDocument,
  user: UserDocument | undefined,
): Promise<Auth['role']> {
  if (user?.role === undefined) return undefined;
  const found = typed(roleContract, await store.database(accountDatabase(account._id)).find(user.role));
  return found ?? { name: user.role, priv_level: 'user', rules: {} };
}

function refused(cause?: unknown): AppError {
  return new AppError('invalid_credentials', { message: 'the token is not valid or has expired', cause });
}
