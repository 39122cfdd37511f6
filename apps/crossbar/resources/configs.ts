// configs: settings of an account by category, over those of its reseller and of the system (contract/crossbar.md §6.1).
import { isRecord } from '../../../core/contract/index.ts';
import { accountDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import { accountConfig, auth_config } from '../../../core/documents/index.ts';
import { resellerOf } from '../billing/plans.ts';
import {
  accountEndpoint,
  auditFields,
  checkRevision,
  type DataReply,
  dataObject,
  exclusive,
  merged,
  missing,
  operation,
  pathParameter,
  privatePart,
  publicPart,
  type RestModule,
  type RestRequest,
  settablePart,
  targetAccount,
  targetDatabase,
  typed,
} from '../engine/index.ts';

type Json = Record<string, unknown>;

const whole = { body: accountConfig.schema, reply: accountConfig.schema };
const set = (summary: string) =>
  operation('admin', summary, (request) => write(request, (_, data) => data), whole);

export const configs: RestModule = {
  name: 'configs',
  summary: 'Settings of an account by category',
  endpoints: [
    accountEndpoint('configs/:category', {
      GET: operation('admin', 'What holds for the account', read, { reply: accountConfig.schema }),
      PUT: set('Sets what the account has of its own'),
      POST: set('Replaces what the account has of its own'),
      PATCH: operation('admin', 'Merges into it', (request) => write(request, merged), whole),
      DELETE: operation('admin', 'Removes what the account has of its own', remove),
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

const own = async (request: RestRequest, id: string) =>
  typed(accountConfig, await targetDatabase(request).find(id, { fresh: true }));

/** The account's over its reseller's over the system's `default` section. */
async function read(request: RestRequest): Promise<DataReply> {
  const id = idOf(request);
  const stored = await own(request, id);
  return {
    data: { ...merged(await inherited(request, id), stored ? settablePart(stored) : {}), id },
    ...(stored && { revision: stored._rev }),
  };
}

async function inherited(request: RestRequest, id: string): Promise<Json> {
  const { store } = request.services;
  const account = targetAccount(request);
  const reseller = resellerOf(account);
  const [above, system] = await Promise.all([
    reseller === account._id ? undefined : store.database(accountDatabase(reseller)).find(id),
    store.database('system_config').find(pathParameter(request, 'category')),
  ]);
  const section = system?.['default'];
  const theirs = typed(accountConfig, above);
  return merged(isRecord(section) ? section : {}, theirs ? settablePart(theirs) : {});
}

async function write(request: RestRequest, apply: (before: Json, data: Json) => Json): Promise<DataReply> {
  const id = idOf(request);
  const data = accountConfig.accept(settablePart(dataObject(request)));
  const database = targetDatabase(request);
  await exclusive(`${database.name} ${id}`, async () => {
    const before = await own(request, id);
    checkRevision(request, before ?? {});
    await database.save({
      ...apply(before ? settablePart(before) : {}, data),
      ...(before && privatePart(before)),
      ...auditFields(request),
      _id: id,
      pvt_type: accountConfig.type,
    } as object as StoredDocument);
  });
  return read(request);
}

async function remove(request: RestRequest): Promise<DataReply> {
  const id = idOf(request);
  const before = await own(request, id);
  if (!before) throw missing(id);
  checkRevision(request, before);
  // Really: what the account has no more must not stand in the way of what it gets then.
  await targetDatabase(request).remove(id, { hard: true });
  return { data: { ...publicPart(before), _read_only: { deleted: true } } };
}
