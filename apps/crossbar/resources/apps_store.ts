// apps_store: which apps of the user interface an account has, and who of it may use them (contract/crossbar.md §6.1).
import { Type } from '../../../core/contract/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { appPermission } from '../../../core/documents/apps_store.ts';
import { app, appsStore } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  attachmentReply,
  auditFields,
  type DataReply,
  documentId,
  type Endpoint,
  harmless,
  idParameter,
  invalid,
  missing,
  onNewest,
  operation,
  pathParameter,
  publicPart,
  type RawReply,
  type RestModule,
  type RestRequest,
  settablePart,
  targetAccount,
  targetDatabase,
  typed,
} from '../engine/index.ts';
import {
  type AllowedApp,
  type AppDocument,
  type AppsStoreDocument,
  allowedApps,
  appsStoreId,
  type Permission,
  registeredApps,
} from '../ui/apps.ts';

const shown = [
  ...['name', 'i18n', 'tags', 'api_url', 'source_url', 'users', 'allowed_users', 'masqueradable', 'phase'],
  ...['extends', 'icon', 'published'],
] as const;
const blacklist = Type.Object({ blacklist: Type.Array(Type.String()) });

export const apps_store: RestModule = {
  name: 'apps_store',
  summary: 'Apps of the user interface',
  endpoints: [
    accountEndpoint('apps_store', {
      GET: operation('account', 'Apps that the account may have', list, {
        reply: Type.Array(Type.Unknown()),
      }),
    }),
    accountEndpoint('apps_store/blacklist', {
      GET: operation('ancestor', 'Apps that the account may not have', readBlacklist, { reply: blacklist }),
      POST: operation('ancestor', 'Replaces the list of apps that the account may not have', setBlacklist, {
        accepts: blacklist,
        reply: blacklist,
      }),
    }),
    accountEndpoint(`apps_store/:${idParameter}`, {
      GET: operation('account', 'An app', read, { reply: app.schema }),
      PUT: operation('admin', 'Installs an app', (request) => change(request, install), {
        accepts: appPermission,
        reply: appPermission,
      }),
      POST: operation('admin', 'Replaces who may use an app', (request) => change(request, replace), {
        accepts: appPermission,
        reply: appPermission,
      }),
      DELETE: operation('admin', 'Takes an app away', (request) => change(request, uninstall)),
    }),
    ...images('/accounts/:account_id', 'account'),
    // Pages show them before anybody logged in.
    ...images('', 'public'),
  ],
};

function images(above: string, reads: 'account' | 'public'): Endpoint[] {
  const one = `${above}/apps_store/:${idParameter}`;
  const produces = ['image/*'];
  return [
    {
      path: `${one}/icon`,
      operations: {
        GET: operation(reads, 'The icon of an app', (request) => image(request, ({ icon }) => icon), {
          produces,
        }),
      },
    },
    {
      path: `${one}/screenshot/:number`,
      operations: {
        GET: operation(
          reads,
          'A screenshot of an app, counted from 0',
          (request) =>
            image(request, ({ screenshots = [] }) => screenshots[Number(pathParameter(request, 'number'))]),
          { produces },
        ),
      },
    },
  ];
}

async function list(request: RestRequest): Promise<DataReply> {
  const apps = await allowedApps(request.services, targetAccount(request));
  return {
    data: apps.map((one) => ({
      id: one._id,
      ...(one.pvt_account_id !== undefined && { account_id: one.pvt_account_id }),
      ...Object.fromEntries(shown.flatMap((key) => (one[key] === undefined ? [] : [[key, one[key]]]))),
    })),
  };
}

/** The app in the path. One that is not for this account is as good as none. */
async function allowed(request: RestRequest): Promise<AllowedApp> {
  const id = documentId(request);
  const found = (await allowedApps(request.services, targetAccount(request))).find(({ _id }) => _id === id);
  if (!found) throw missing(id);
  return found;
}

async function read(request: RestRequest): Promise<DataReply> {
  const found = await allowed(request);
  return { data: { ...publicPart(found), account_id: found.pvt_account_id } };
}

type Apps = Readonly<Record<string, Permission>>;
/** What becomes of the apps of an account. `id` is one that it may have. */
type Change = (apps: Apps, id: string, permission: Permission) => Apps;

const install: Change = (apps, id, permission) => {
  if (apps[id]) throw invalid('id', 'unique', 'the app is installed already', { value: id });
  return { ...apps, [id]: permission };
};
const replace: Change = (apps, id, permission) => ({ ...checkInstalled(apps, id), [id]: permission });
const uninstall: Change = (apps, id) => {
  const { [id]: _, ...others } = checkInstalled(apps, id);
  return others;
};

function checkInstalled(apps: Apps, id: string): Apps {
  if (!apps[id]) throw invalid('id', 'not_found', 'the app is not installed', { value: id });
  return apps;
}

async function change(request: RestRequest, next: Change): Promise<DataReply> {
  const { _id: id, name } = await allowed(request);
  const permission = { ...settablePart(request.data as object), name } as Permission;
  const { apps } = await write(request, (before) => ({ apps: next(before.apps ?? {}, id, permission) }));
  return { data: apps?.[id] ?? {} };
}

/** Changes the `apps_store` document of the account, which is made where there is none. */
function write(
  request: RestRequest,
  next: (before: Partial<AppsStoreDocument>) => Partial<AppsStoreDocument>,
): Promise<AppsStoreDocument> {
  const database = targetDatabase(request);
  return onNewest(request, `${database.name} ${appsStoreId}`, async () => {
    const before: Partial<AppsStoreDocument> =
      typed(appsStore, await database.find(appsStoreId, { fresh: true })) ?? {};
    const document = { ...before, ...next(before), ...auditFields(request) };
    return (await database.save({
      ...document,
      _id: appsStoreId,
      pvt_type: appsStore.type,
    } as StoredDocument)) as AppsStoreDocument;
  });
}

async function readBlacklist(request: RestRequest): Promise<DataReply> {
  const found = typed(appsStore, await targetDatabase(request).find(appsStoreId));
  return { data: { blacklist: found?.blacklist ?? [] } };
}

async function setBlacklist(request: RestRequest<{ readonly blacklist: string[] }>): Promise<DataReply> {
  const { blacklist } = request.data;
  await write(request, () => ({ blacklist }));
  return { data: { blacklist } };
}

/** An image of an app, whoever may use it. */
async function image(
  request: RestRequest,
  nameOf: (document: AppDocument) => string | undefined,
): Promise<RawReply> {
  const id = documentId(request);
  const registered = await registeredApps(request.services);
  const found = registered?.apps.find(({ _id }) => _id === id);
  if (!registered || !found) throw missing(id);
  const name = nameOf(found);
  if (name === undefined || !found._attachments?.[name])
    throw new AppError('not_found', { message: 'the app has no such image' });
  const reply = await attachmentReply(request, registered.database, id, name);
  return { ...reply, headers: { ...reply.headers, ...harmless } };
}
