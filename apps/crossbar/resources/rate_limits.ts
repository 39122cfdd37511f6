// rate_limits: how much an account or a device may send by SIP; kept for the edge.
import { randomBytes } from 'node:crypto';
import { type TSchema, Type } from '../../../core/contract/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { device, rateLimits } from '../../../core/documents/index.ts';
import { rateLimitsOf } from '../../../core/documents/shared.ts';
import {
  accountEndpoint,
  auditFields,
  checkRevision,
  type DataReply,
  deleted,
  type Endpoint,
  exclusive,
  load,
  operation,
  pathParameter,
  privatePart,
  publicPart,
  type RestModule,
  type RestRequest,
  settablePart,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';

/** Whom limits bind, and the name the edge knows it by. */
interface Bound {
  readonly id: string;
  readonly type: string;
  readonly queryName: string | undefined;
}

const ofAccount = async (request: RestRequest): Promise<Bound> => {
  const { _id, realm } = targetAccount(request);
  return { id: _id, type: 'account', queryName: realm };
};

const ofDevice = async (request: RestRequest): Promise<Bound> => {
  const { _id, sip } = await load(targetDatabase(request), device, pathParameter(request, 'device_id'));
  return { id: _id, type: device.type, queryName: sip?.username };
};

export const rate_limits: RestModule = {
  name: 'rate_limits',
  summary: 'How much may be sent by SIP',
  endpoints: [
    endpoint('rate_limits', ofAccount, Type.Object({ account: rateLimitsOf, device: rateLimitsOf })),
    endpoint('devices/:device_id/rate_limits', ofDevice, rateLimitsOf),
  ],
};

function endpoint(
  path: string,
  boundOf: (request: RestRequest) => Promise<Bound>,
  schema: TSchema,
): Endpoint {
  return accountEndpoint(path, {
    GET: operation(
      'account',
      'The limits',
      async (request) => shown(await find(request, (await boundOf(request)).id)),
      { reply: schema },
    ),
    POST: operation('ancestor', 'Sets the limits', async (request) => save(request, await boundOf(request)), {
      accepts: schema,
      reply: schema,
    }),
    DELETE: operation('ancestor', 'Removes the limits', async (request) =>
      remove(request, (await boundOf(request)).id),
    ),
  });
}

async function find(request: RestRequest, owner: string): Promise<StoredDocument | undefined> {
  const [row] = await targetDatabase(request).view('rate_limits', 'list_by_owner', {
    key: owner,
    includeDocs: true,
    fresh: true,
  });
  return row?.doc;
}

function shown(document: StoredDocument | undefined): DataReply {
  return document ? { data: publicPart(document), revision: document._rev } : { data: {} };
}

function save(request: RestRequest, { id, type, queryName }: Bound): Promise<DataReply> {
  const database = targetDatabase(request);
  return exclusive(`${database.name} rate_limits`, async () => {
    const before = await find(request, id);
    if (before) checkRevision(request, before);
    const saved = await database.save({
      ...settablePart(request.data as object),
      ...privatePart(before ?? {}),
      ...auditFields(request),
      _id: before?._id ?? randomBytes(16).toString('hex'),
      pvt_type: rateLimits.type,
      pvt_owner_id: id,
      pvt_owner_type: type,
      pvt_queryname: queryName,
    });
    return shown(saved);
  });
}

async function remove(request: RestRequest, owner: string): Promise<DataReply> {
  const document = await find(request, owner);
  if (!document) return { data: {} };
  checkRevision(request, document);
  await targetDatabase(request).remove(document._id);
  return { data: deleted(publicPart(document)) };
}
