// metaflows: what can be done during a call by pressing keys; kept in the account, user or device that it is for.
import { isRecord } from '../../../core/contract/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { device, user } from '../../../core/documents/index.ts';
import { metaflows as schema } from '../../../core/documents/shared.ts';
import { updateAccount } from '../accounts/write.ts';
import {
  accountEndpoint,
  auditFields,
  checkRevision,
  type DataReply,
  type Endpoint,
  load,
  operation,
  pathParameter,
  type RestModule,
  type RestRequest,
  settablePart,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';

type Change = (document: StoredDocument) => StoredDocument;

/** What the metaflows are kept in. */
interface Holder {
  read(request: RestRequest): Promise<object & { readonly _rev?: string }>;
  write(request: RestRequest, change: Change): Promise<object & { readonly _rev?: string }>;
}

const ofAccount: Holder = {
  read: (request) => targetDatabase(request).get(targetAccount(request)._id),
  write: (request, change) => updateAccount(request.services.store, targetAccount(request)._id, change),
};

const ofDocument = (contract: typeof user | typeof device, parameter: string): Holder => ({
  read: (request) => load(targetDatabase(request), contract, pathParameter(request, parameter)),
  write: async (request, change) => {
    const id = pathParameter(request, parameter);
    await load(targetDatabase(request), contract, id);
    return targetDatabase(request).update(id, change);
  },
});

export const metaflows: RestModule = {
  name: 'metaflows',
  summary: 'What can be done during a call by pressing keys',
  endpoints: [
    endpoint('metaflows', 'the account', ofAccount),
    endpoint('users/:user_id/metaflows', 'a user', ofDocument(user, 'user_id')),
    endpoint('devices/:device_id/metaflows', 'a device', ofDocument(device, 'device_id')),
  ],
};

function endpoint(path: string, whose: string, holder: Holder): Endpoint {
  const change = async (request: RestRequest, next: Change): Promise<DataReply> => {
    checkRevision(request, await holder.read(request));
    return shown(
      await holder.write(
        request,
        (document) => ({ ...next(document), ...auditFields(request) }) as StoredDocument,
      ),
    );
  };
  return accountEndpoint(path, {
    GET: operation(
      'account',
      `The metaflows of ${whose}`,
      async (request) => shown(await holder.read(request)),
      {
        reply: schema,
      },
    ),
    POST: operation(
      'admin',
      `Replaces the metaflows of ${whose}`,
      (request) => change(request, (document) => ({ ...document, metaflows: settablePart(request.data) })),
      { accepts: schema, reply: schema },
    ),
    DELETE: operation('admin', `Removes the metaflows of ${whose}`, (request) =>
      change(request, ({ metaflows: _, ...document }) => document as StoredDocument),
    ),
  });
}

function shown(document: object & { readonly _rev?: string }): DataReply {
  const found = (document as Record<string, unknown>)['metaflows'];
  return { data: isRecord(found) ? found : {}, revision: document._rev };
}
