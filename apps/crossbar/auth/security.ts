// How an account lets people log in: the system's settings, those of the accounts above it, its own over them.
import { isRecord } from '../../../core/contract/index.ts';
import { accountDatabase } from '../../../core/couch/index.ts';
import type { AuthModuleConfig } from '../../../core/documents/auth_config.ts';
import { findAccount } from '../engine/accounts.ts';
import { merged } from '../engine/documents.ts';
import type { AccountDocument, Services } from '../engine/request.ts';
import type { AuthMethod } from './tokens.ts';

/** Id of the document of an account. */
export const securityId = 'configs_crossbar.auth';

export type Security = Readonly<Partial<Record<AuthMethod, AuthModuleConfig>>>;

/** What holds for an account. */
export async function securityOf(services: Services, accountId: string): Promise<Security> {
  const account = await findAccount(services.store, accountId);
  return account ? effective(services, [...(account.pvt_tree ?? []), account._id]) : {};
}

/** What an account would have without settings of its own. */
export function inheritedSecurity(services: Services, { pvt_tree }: AccountDocument): Promise<Security> {
  return effective(services, pvt_tree ?? []);
}

async function effective({ store, systemConfig }: Services, ids: readonly string[]): Promise<Security> {
  const system = await systemConfig.get<Record<string, unknown>>('crossbar', 'auth.auth_modules', {});
  const documents = await Promise.all(ids.map((id) => store.database(accountDatabase(id)).find(securityId)));
  return documents.reduce<Record<string, unknown>>((settings, document) => {
    const own = document?.['auth_modules'];
    return isRecord(own) ? merged(settings, own) : settings;
  }, system) as Security;
}

/** Seconds that a token lives. */
export async function lifetimeOf(
  { systemConfig }: Services,
  config: AuthModuleConfig | undefined,
): Promise<number> {
  const own = config?.token_auth_expiry_s;
  return own === undefined || own === 0
    ? systemConfig.get('crossbar', 'auth.token_auth_expiry_s', 3600)
    : own;
}
