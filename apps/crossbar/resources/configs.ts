// configs: settings of an account by category, over those of its reseller and of the system (contract/crossbar.md §6.1).
import { isRecord } from '../../../core/contract/index.ts';
import { accountDatabase } from '../../../core/couch/index.ts';
import { accountConfig, auth_config } from '../../../core/documents/index.ts';
import {
  merged,
  missing,
  pathParameter,
  type RestModule,
  type RestRequest,
  resellerOf,
  settablePart,
  single,
  targetAccount,
  targetDatabase,
  typed,
} from '../engine/index.ts';

type Json = Record<string, unknown>;

export const configs: RestModule = {
  name: 'configs',
  summary: 'Settings of an account by category',
  endpoints: [
    single({
      path: 'configs/:category',
      document: accountConfig,
      id: async (request) => ({ database: targetDatabase(request), id: idOf(request) }),
      always: true,
      verbs: { GET: 'admin', PUT: 'admin', POST: 'admin', PATCH: 'admin', DELETE: 'admin' },
      present: async (request, { id, ...own }) => ({ ...merged(await inherited(request), own), id }),
    }),
  ],
};

/** Ways of logging in have a resource of their own (`security`), which checks them. */
const elsewhere = new Set([auth_config.schemaName.replace('account_config.', '')]);

function idOf(request: RestRequest): string {
  const category = pathParameter(request, 'category');
  if (!/^[A-Za-z0-9][\w.-]{0,127}$/.test(category) || elsewhere.has(category)) throw missing(category);
  return `configs_${category}`;
}

/** The reseller's over the system's `default` section. */
async function inherited(request: RestRequest): Promise<Json> {
  const { store } = request.services;
  const account = targetAccount(request);
  const reseller = resellerOf(account);
  const [above, system] = await Promise.all([
    reseller === account._id ? undefined : store.database(accountDatabase(reseller)).find(idOf(request)),
    store.database('system_config').find(pathParameter(request, 'category')),
  ]);
  const section = system?.['default'];
  const theirs = typed(accountConfig, above);
  return merged(isRecord(section) ? section : {}, theirs ? settablePart(theirs) : {});
}
