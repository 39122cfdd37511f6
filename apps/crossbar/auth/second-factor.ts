// The second factor of a login: who needs one, the 401 that asks for it, and the check of the answer
// (contract/crossbar.md §5).
import { isRecord } from '../../../core/contract/index.ts';
import { accountDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import { multi_factor_provider, user as userContract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { storedAs, typed } from '../engine/documents.ts';
import type { AccountDocument, RestRequest, Services, UserDocument } from '../engine/request.ts';
import type { Guessed } from './lockout.ts';
import { securityOf } from './security.ts';
import type { AuthMethod } from './tokens.ts';
import { afterCode, type Enrolment, newEnrolment, newRecoveryCodes, setupOf } from './totp.ts';

export interface Person {
  readonly account: AccountDocument;
  readonly user: UserDocument;
}

/** The provider whose codes are checked here. */
export const totpProvider = 'totp';

/** Whether a user cannot log in this way with the password alone. */
export async function needsSecondFactor(
  services: Services,
  method: AuthMethod,
  { account, user }: Person,
): Promise<boolean> {
  return user.pvt_totp?.confirmed === true || (await demandOf(services, method, account)) !== undefined;
}

/**
 * Resolves when no second factor is needed, or when `multi_factor_response` is a good one. Rejects with
 * `invalid_credentials`: with `multi_factor_request` when there is no answer yet. Who is to have a second factor and has
 * none gets what sets one up with that request; the first good code then confirms it, and brings the recovery codes.
 */
export async function checkSecondFactor(
  request: RestRequest,
  method: AuthMethod,
  person: Person,
): Promise<Readonly<Record<string, unknown>>> {
  const { services } = request;
  const { account, user } = person;
  const demanded = await demandOf(services, method, account);
  if (demanded !== undefined && demanded !== totpProvider)
    throw refused(`the second factor ${demanded} cannot be checked here`);
  if (user.pvt_totp?.confirmed !== true && demanded === undefined) return {};
  const answer = answerIn(request);
  if (answer !== undefined) return useCode(request, person, answer);
  const asked = { provider_name: totpProvider, ...(await setupFor(services, person)) };
  throw new AppError('invalid_credentials', {
    message: 'a second factor is needed',
    details: {
      reason: 'a second factor was asked for',
      type: 'multi_factor',
      data: { multi_factor_request: asked },
    },
  });
}

/** What a client shows to a user who has no second factor yet; nothing when there is one. */
async function setupFor(services: Services, person: Person): Promise<object> {
  if (person.user.pvt_totp?.confirmed === true) return { enrolled: true };
  const enrolment = person.user.pvt_totp ?? (await beginEnrolment(services, person));
  return { enrolled: false, ...(await shownSetup(services, person, enrolment)) };
}

/** Stores a new secret for a user. It is asked for once a code has confirmed it. */
export async function beginEnrolment(services: Services, { account, user }: Person): Promise<Enrolment> {
  const fresh = newEnrolment(services.secrets.systemSecret);
  const saved = await change(services, account, user, (now) =>
    now.pvt_totp?.confirmed === true ? undefined : { ...now, pvt_totp: fresh },
  );
  const { pvt_totp: enrolment } = saved;
  if (!enrolment || enrolment.confirmed) throw refused('there is a second factor already');
  return enrolment;
}

/** What an authenticator app is set up with. */
export function shownSetup({ secrets }: Services, { account, user }: Person, enrolment: Enrolment) {
  const label = user.username ?? user.email ?? `${user.first_name} ${user.last_name}`;
  return setupOf(secrets.systemSecret, enrolment, { issuer: account.name, label });
}

/**
 * Uses a code up. What was not confirmed yet is from now on: then the result has the recovery codes. Rejects with
 * `invalid_credentials`, or with `too_many_requests` after too many wrong ones.
 */
export async function useCode(
  { services, clientIp }: RestRequest,
  { account, user }: Person,
  code: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { secrets, lockout } = services;
  // Whoever gets here knows the password, so that the user may be locked too, though later than the address.
  const name = `second factor of ${user._id}`;
  const guessed: readonly Guessed[] = [{ key: `${name} from ${clientIp}` }, { key: name, slack: 5 }];
  lockout.check(guessed);
  const fresh = newRecoveryCodes(secrets.systemSecret);
  let isGood = false;
  let isFirst = false;
  await change(services, account, user, (now) => {
    const next = now.pvt_totp && afterCode(secrets.systemSecret, now.pvt_totp, code);
    isGood = next !== undefined;
    isFirst = next?.confirmed === false;
    if (!next) return undefined;
    return { ...now, pvt_totp: isFirst ? { ...next, confirmed: true, recovery: fresh.recovery } : next };
  });
  if (!isGood) {
    await lockout.failed(guessed);
    throw refused('the second factor is wrong');
  }
  return isFirst ? { recovery_codes: fresh.codes } : {};
}

/** Changes the user as stored; what `apply` gives undefined for is left as it is. */
async function change(
  { store }: Services,
  account: AccountDocument,
  { _id }: UserDocument,
  apply: (user: UserDocument) => UserDocument | undefined,
): Promise<UserDocument> {
  const database = store.database(accountDatabase(account._id));
  const saved = await database.update(_id, (document) => {
    const next = apply(storedAs(userContract, document));
    return next as StoredDocument | undefined;
  });
  return storedAs(userContract, saved);
}

/** Takes the second factor from a user. */
export async function removeEnrolment(services: Services, { account, user }: Person): Promise<void> {
  await change(services, account, user, ({ pvt_totp: _, ...rest }) => rest as UserDocument);
}

/** The name of the provider that the settings of the account demand. */
async function demandOf(
  services: Services,
  method: AuthMethod,
  account: AccountDocument,
): Promise<string | undefined> {
  const config = (await securityOf(services, account._id))[method]?.multi_factor;
  if (config?.enabled !== true) return undefined;
  const { account_id: from, configuration_id: id, include_subaccounts: all } = config;
  const concerns =
    from === undefined || from === account._id || all === true || account.pvt_superduper_admin === true;
  if (!concerns) return undefined;
  if (from === undefined || id === undefined)
    return services.systemConfig.get('crossbar', 'auth.multi_factor_provider', totpProvider);
  const found = await services.store.database(accountDatabase(from)).find(id);
  const provider = typed(multi_factor_provider, found);
  if (!provider?.enabled) throw refused('the provider of the second factor is missing or disabled');
  return provider.provider_name;
}

function answerIn({ data }: RestRequest): string | undefined {
  const given = isRecord(data) ? data['multi_factor_response'] : undefined;
  const code = isRecord(given) ? given['code'] : given;
  return typeof code === 'string' || typeof code === 'number' ? String(code) : undefined;
}

function refused(reason: string): AppError {
  return new AppError('invalid_credentials', { message: reason, details: { reason, type: 'multi_factor' } });
}
