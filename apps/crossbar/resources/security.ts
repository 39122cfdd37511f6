// security: which ways of logging in are open to an account, and who tried them (contract/crossbar.md §6.1).
import { isRecord } from '../../../core/contract/index.ts';
import { accountDatabase } from '../../../core/couch/index.ts';
import { auth_config, login_attempt, multi_factor_provider } from '../../../core/documents/index.ts';
import { loginAttempts } from '../auth/attempts.ts';
import { totpProvider } from '../auth/second-factor.ts';
import { inheritedSecurity, type Security, securityId } from '../auth/security.ts';
import {
  accountEndpoint,
  caller,
  type DataReply,
  findAccount,
  idParameter,
  invalid,
  loadOfMonth,
  operation,
  pathParameter,
  publicPart,
  type RestModule,
  type RestRequest,
  reaches,
  single,
  targetAccount,
  targetDatabase,
  typed,
} from '../engine/index.ts';

const methods = ['cb_user_auth', 'cb_api_auth', 'cb_auth', 'cb_ip_auth', 'cb_basic_auth'] as const;

const own = single({
  path: 'security',
  id: securityId,
  document: auth_config,
  verbs: { PUT: 'admin', POST: 'admin', PATCH: 'admin', DELETE: 'admin' },
  validate: async (request, { auth_modules }) => {
    for (const method of methods) await checkSecondFactorOf(request, method, auth_modules as Security);
  },
});

export const security: RestModule = {
  name: 'security',
  summary: 'Ways of logging in',
  endpoints: [
    {
      path: '/security',
      operations: {
        GET: operation('account', 'The ways of logging in there are', async () => ({
          data: { available_auth_methods: methods },
        })),
      },
    },
    {
      path: own.path,
      operations: {
        GET: operation('admin', 'What holds, and what would without it', read),
        ...own.operations,
      },
    },
    accountEndpoint('security/attempts', {
      GET: operation('admin', 'Attempts to log in, newest first', (request) => loginAttempts(request), {
        list: true,
      }),
    }),
    accountEndpoint(`security/attempts/:${idParameter}`, {
      GET: operation('admin', 'An attempt to log in', readAttempt, { reply: login_attempt.schema }),
    }),
  ],
};

async function read(request: RestRequest): Promise<DataReply> {
  const found = typed(auth_config, await targetDatabase(request).find(securityId));
  const { id: _, ...account } = found ? publicPart(found) : {};
  const inherited = await inheritedSecurity(request.services, targetAccount(request));
  return {
    data: {
      account: await withProviders(request, account),
      inherited_config: await withProviders(request, { auth_modules: inherited }),
    },
    revision: found?._rev,
  };
}

type Json = Record<string, unknown>;

/** Says beside each second factor who provides it. */
async function withProviders(request: RestRequest, config: Json): Promise<Json> {
  const { auth_modules: modules } = config;
  if (!isRecord(modules)) return config;
  const shown = await Promise.all(
    Object.entries(modules).map(async ([name, module]) => {
      const factor = isRecord(module) ? module['multi_factor'] : undefined;
      if (!isRecord(module) || !isRecord(factor)) return [name, module];
      const found = await providerOf(request, factor);
      const provider = {
        name: found?.name ?? 'Default System Provider',
        provider_name: found?.provider_name ?? totpProvider,
      };
      return [name, { ...module, multi_factor: { ...factor, _read_only: provider } }];
    }),
  );
  return { ...config, auth_modules: Object.fromEntries(shown) };
}

async function providerOf({ services }: RestRequest, factor: Json) {
  const { account_id: accountId, configuration_id: id } = factor;
  if (typeof accountId !== 'string' || typeof id !== 'string') return undefined;
  const account = await findAccount(services.store, accountId);
  if (!account) return undefined;
  return typed(multi_factor_provider, await services.store.database(accountDatabase(account._id)).find(id));
}

/** A second factor that nobody can check would lock everybody out, and one of a stranger is none of the account's. */
async function checkSecondFactorOf(
  request: RestRequest,
  method: (typeof methods)[number],
  modules: Security,
): Promise<void> {
  const { account_id: accountId, configuration_id: id } = modules[method]?.multi_factor ?? {};
  if (id === undefined) return;
  const path = `auth_modules.${method}.multi_factor`;
  if (accountId === undefined)
    throw invalid(`${path}.account_id`, 'required', 'configuration_id needs account_id');
  const account = await findAccount(request.services.store, accountId);
  const { pvt_tree = [], _id } = targetAccount(request);
  const isNear = account && (pvt_tree.includes(account._id) || account._id === _id);
  if (!account || !(isNear || reaches(caller(request), account)))
    throw invalid(`${path}.account_id`, 'not_found', 'there is no such account', { value: accountId });
  const provider = await providerOf(request, { account_id: accountId, configuration_id: id });
  if (!provider)
    throw invalid(`${path}.configuration_id`, 'not_found', 'there is no such provider', { value: id });
  if (provider.provider_name !== totpProvider)
    throw invalid(`${path}.configuration_id`, 'invalid', `${provider.provider_name} cannot be checked here`);
}

async function readAttempt(request: RestRequest): Promise<DataReply> {
  const attempt = await loadOfMonth(request, login_attempt, pathParameter(request, idParameter));
  return { data: publicPart(attempt), revision: attempt._rev };
}
