// storage: where attachments of an account, a user or the system are to go, and plans of that (contract/crossbar.md §6.4).
import { type Permission, resource, Type, type Verb } from '../../../core/contract/index.ts';
import { storage as settings, storagePlan, user } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  accountFields,
  type Endpoint,
  type ListReply,
  list,
  load,
  operation,
  type Place,
  parameter,
  pathParameter,
  plain,
  plainEndpoints,
  publicPart,
  type RestModule,
  type RestRequest,
  single,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';

const all = (permission: Permission): Record<Verb, Permission> => ({
  GET: permission,
  PUT: permission,
  POST: permission,
  PATCH: permission,
  DELETE: permission,
});

const database = ({ services }: RestRequest) => services.store.database('system_data');
const path = 'storage/plans';
const example = {
  name: 'Recordings outside',
  attachments: {
    c90d8ceabd4f4a5a8e2c0b7d1f6e3a21: {
      handler: 's3',
      settings: { bucket: 'recordings', key: 'KEY', secret: 'SECRET' },
    },
  },
  plan: {
    modb: {
      types: { call_recording: { attachments: { handler: 'c90d8ceabd4f4a5a8e2c0b7d1f6e3a21' } } },
    },
  },
};

const plans = resource({
  path,
  summary: 'Plans where attachments are kept',
  document: storagePlan,
  shared: 'system_data',
  verbs: {
    collection: { GET: 'reseller', PUT: 'reseller' },
    item: { GET: 'reseller', POST: 'reseller', PATCH: 'reseller', DELETE: 'reseller' },
  },
  listing: { design: 'storage', view: 'plans_by_account' },
  example,
});

const systemPlans = plainEndpoints(
  resource({
    path,
    summary: 'Plans of the system where attachments are kept',
    document: storagePlan,
    verbs: { collection: {}, item: {} },
    system: {
      database: 'system_data',
      verbs: { collection: { GET: 'superduper', PUT: 'superduper' }, item: all('superduper') },
    },
    listing: { design: 'storage', view: 'system_plans' },
    example,
    beforeSave: async (_: RestRequest, document) => {
      document.pvt_system_plan = true;
    },
  }),
).filter((it) => it.path.startsWith(`/${path}`));

/** Lists show whole plans: their views have no summary. */
const listed = (permission: Permission, view: string, ofAccount: boolean) => ({
  GET: operation(
    permission,
    'Plans where attachments are kept',
    (request): Promise<ListReply> =>
      list(
        request,
        database(request),
        { design: 'storage', view },
        {
          ...(ofAccount && { prefix: [targetAccount(request)._id] }),
          includeDocs: true,
          show: ({ doc }) => doc && publicPart(doc),
          fileName: 'plans',
        },
      ),
    { list: true },
  ),
});

/** The settings at one place. */
function settingsAt(
  at: string,
  permission: Permission,
  id: (request: RestRequest) => Promise<Place>,
): Endpoint {
  const made = single({
    path: at,
    document: settings,
    id,
    verbs: all(permission),
    validate: (request, { attachments }) => checkTrial(request, attachments),
    // Nothing in this cluster keeps attachments elsewhere than in the database.
    present: async (_, shown) => ({ ...shown, _read_only: { in_use: false } }),
  });
  const validate_settings = Type.Optional(
    Type.Boolean({ description: 'false: the settings are stored without a trial', default: true }),
  );
  const operations = Object.entries(made.operations).map(([verb, its]) =>
    verb === 'GET' || verb === 'DELETE' ? [verb, its] : [verb, { ...its, parameters: { validate_settings } }],
  );
  return { path: made.path, operations: Object.fromEntries(operations) as Endpoint['operations'] };
}

/** Settings are tried by storing something with them, unless the client says no; here nothing can try them. */
async function checkTrial(request: RestRequest, attachments: object = {}): Promise<void> {
  if (Object.keys(attachments).length === 0 || String(parameter(request, 'validate_settings')) === 'false')
    return;
  throw new AppError('not_implemented', {
    message:
      'nothing here keeps attachments outside of the database: these settings can be stored (validate_settings=false) but not tried',
  });
}

export const storage: RestModule = {
  ...plain(plans, [
    accountEndpoint(path, listed('reseller', 'plans_by_account', true)),
    ...systemPlans,
    { path: `/${path}`, operations: listed('superduper', 'system_plans', false) },
    settingsAt('/storage', 'superduper', async (request) => ({ database: database(request), id: 'system' })),
    settingsAt('storage', 'admin', async (request) => {
      const { _id: id } = targetAccount(request);
      return { database: database(request), id, owner: accountFields(id) };
    }),
    settingsAt('users/:user_id/storage', 'owner', async (request) => {
      const { _id: id } = await load(targetDatabase(request), user, pathParameter(request, 'user_id'));
      return { database: database(request), id, owner: accountFields(targetAccount(request)._id) };
    }),
  ]),
  name: 'storage',
  summary: 'Where attachments are kept',
};
