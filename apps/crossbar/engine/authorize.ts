// Who may do what: the only place that decides it (contract/crossbar.md §5).
import type { Permission } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { permits } from '../auth/restrictions.ts';
import { isReseller, noSuchAccount } from './accounts.ts';
import type { AccountDocument, Auth, RestRequest } from './request.ts';

/** What is asked for. */
export interface Target {
  /** The account in the path. */
  readonly account: AccountDocument | undefined;
  /** As the path names it. */
  readonly accountId: string | undefined;
  /** The user in the path, where it names one. */
  readonly userId: string | undefined;
  /** The last noun of the path, and what stands behind it. */
  readonly endpoint: string;
  readonly parameters: readonly string[];
  readonly verb: string;
}

/**
 * Throws `invalid_credentials` without a token where one is needed, `forbidden` when its rights do not go so far. An
 * account that is none of the caller's is as good as none at all: `bad_identifier`, in the same words.
 */
export function authorize(permission: Permission, auth: Auth | undefined, target: Target): void {
  if (permission !== 'public' && !auth) throw new AppError('invalid_credentials');
  const { account, accountId } = target;
  if (accountId !== undefined && (!account || (auth && !reaches(auth, account))))
    throw noSuchAccount(accountId);
  if (permission === 'public' || !auth) return;
  const permitted = auth.rules.every((rules) => permits(rules, { ...target, callers: auth.account }));
  if (!permitted)
    throw new AppError('forbidden', { details: { cause: 'access denied by token restrictions' } });
  if (!holds(permission, auth, target)) throw new AppError('forbidden');
}

/** The caller's own account, and for admins everything below it; for superdupers everything. */
export function reaches(auth: Auth, account: AccountDocument | undefined): boolean {
  if (!account || account._id === auth.account._id || auth.superduper) return true;
  return auth.admin && account.pvt_tree?.includes(auth.account._id) === true;
}

function holds(permission: Exclude<Permission, 'public'>, auth: Auth, target: Target): boolean {
  switch (permission) {
    case 'account':
      return true;
    case 'owner':
      return auth.admin || isOwn(auth, target);
    case 'admin':
      return auth.admin;
    case 'reseller':
      return auth.admin && isReseller(target.account ?? auth.account);
    case 'ancestor':
      return auth.superduper || (auth.admin && auth.account._id !== target.account?._id);
    case 'superduper':
      return auth.superduper;
  }
}

/**
 * For what belongs to one user and has no user in its path, as the messages of a box or a call: throws `forbidden` unless it is
 * theirs, or the caller is an admin.
 */
export function checkOwner({ auth, account }: Pick<RestRequest, 'auth' | 'account'>, owner: unknown): void {
  const isOwner = auth?.user !== undefined && auth.user._id === owner && auth.account._id === account?._id;
  if (!auth?.admin && !isOwner) throw new AppError('forbidden');
}

function isOwn({ user, account }: Auth, target: Target): boolean {
  return user !== undefined && user._id === target.userId && account._id === target.account?._id;
}
