// Opens a session for whoever proved who they are: is this way open, is a second factor needed, then a token
// (contract/crossbar.md §5).
import type { JWTPayload } from 'jose';
import { AppError, toAppError } from '../../../core/errors/index.ts';
import { isReseller, resellerOf } from '../engine/accounts.ts';
import type { DataReply } from '../engine/endpoint.ts';
import type { AccountDocument, RestRequest, Services, UserDocument } from '../engine/request.ts';
import { appsOfSession } from '../ui/apps.ts';
import { noteAttempt } from './attempts.ts';
import { checkSecondFactor } from './second-factor.ts';
import { lifetimeOf, securityOf } from './security.ts';
import { type AuthMethod, checkEnabled, type Holder, issueToken } from './tokens.ts';

/** How a session is opened. */
export interface Opening {
  readonly method: AuthMethod;
  /** Runs when nothing stands in the way any more, e.g. to use up what was proof. */
  readonly use?: () => Promise<void>;
  /** The caller has a token already: there is nothing to prove once more. */
  readonly known?: boolean;
  /** Keys beside those of every login. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Claims of the token that decide nothing. */
  readonly claims?: JWTPayload;
}

/**
 * A token for `holder`, with what clients want to know. Rejects with `invalid_credentials` when this way of logging in is
 * not open, or, with `multi_factor_request`, when the second factor is missing; with `locked` when the account is disabled.
 */
export async function openSession(
  request: RestRequest,
  holder: Holder,
  { method, use, known = false, data, claims }: Opening,
): Promise<DataReply> {
  const { services } = request;
  const { account, user } = holder;
  const accountId = account._id;
  const attempt = { accountId, method, userId: user?._id };
  const config = (await securityOf(services, accountId))[method];
  let more: Readonly<Record<string, unknown>> = {};
  try {
    checkEnabled(account);
    if (config?.enabled === false)
      throw new AppError('invalid_credentials', { details: { reason: `${method} is disabled` } });
    // Who stands in for a user has proved who they are themselves.
    if (user && !holder.original && !known)
      more = await checkSecondFactor(request, method, { account, user });
    await use?.();
  } catch (error) {
    const { message, details } = toAppError(error);
    const { reason = message, type = 'jwt_auth_token' } = details as { reason?: string; type?: string };
    await noteAttempt(request, { ...attempt, type, status: 'failed', message: reason });
    throw error;
  }
  const token = await issueToken(services, method, holder, await lifetimeOf(services, config), claims);
  const message = 'a token was issued';
  await noteAttempt(request, { ...attempt, type: 'jwt_auth_token', status: 'success', message });
  return {
    data: { ...(await sessionData(services, account, user)), ...data, ...more },
    envelope: { auth_token: token },
  };
}

/** The `data` of a successful login. */
export async function sessionData(
  services: Services,
  account: AccountDocument,
  user: UserDocument | undefined,
): Promise<Record<string, unknown>> {
  return {
    account_id: account._id,
    ...(user && { owner_id: user._id }),
    account_name: account.name,
    language: user?.language ?? account.language ?? 'en-us',
    is_reseller: isReseller(account),
    reseller_id: resellerOf(account),
    is_master_account: account.pvt_superduper_admin === true,
    cluster_id: services.secrets.clusterId,
    ...(user?.require_password_update === true && { require_password_update: true }),
    apps: await appsOfSession(services, account, user),
    capabilities: { voicemail: { transcription: { available: false, default: false } } },
    ui_config: { api: {} },
  };
}
