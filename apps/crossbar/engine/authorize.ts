// Who may do what: the only place that decides it (contract/crossbar.md §5).
import type { Permission } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import type { AccountDocument, Auth } from './request.ts';

/** What is asked for. */
export interface Target {
  /** The account in the path. */
  readonly account: AccountDocument | undefined;
  /** The user in the path, where it names one. */
  readonly userId: string | undefined;
}

/** Throws `invalid_credentials` without a token where one is needed, `forbidden` when it does not reach so far. */
export function authorize(permission: Permission, auth: Auth | undefined, target: Target): void {
  if (permission === 'public') return;
  if (!auth) throw new AppError('invalid_credentials');
  if (!(reaches(auth, target.account) && holds(permission, auth, target))) throw new AppError('forbidden');
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
    case 'ancestor':
      return auth.superduper || (auth.admin && auth.account._id !== target.account?._id);
    case 'superduper':
      return auth.superduper;
  }
}

function isOwn({ user, account }: Auth, target: Target): boolean {
  return user !== undefined && user._id === target.userId && account._id === target.account?._id;
}
