// The port request in the path: read, and changed with everything that was checked before it is written.
import type { PublicOf } from '../../../core/contract/index.ts';
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import { portRequest } from '../../../core/documents/index.ts';
import {
  auditFields,
  checkRevision,
  type DataReply,
  dataObject,
  documentId,
  load,
  merged,
  missing,
  onNewest,
  parameter,
  privatePart,
  type RestRequest,
  settablePart,
  storedAs,
  targetAccount,
  typed,
} from '../engine/index.ts';
import { shownPort } from './show.ts';
import type { PortRequest } from './states.ts';
import { tellOfComments } from './told.ts';

type Check = (
  request: RestRequest,
  next: PublicOf<typeof portRequest> & Record<string, unknown>,
  previous: PortRequest,
) => Promise<void>;

export const ports = ({ services }: RestRequest): Database => services.store.database('port_requests');

/** The request in the path. One of another account is as good as missing. */
export async function portOf(
  request: RestRequest,
  options: { readonly fresh?: boolean } = {},
): Promise<PortRequest> {
  const id = documentId(request);
  const found = await load(ports(request), portRequest, id, options);
  if (found.pvt_account_id !== targetAccount(request)._id) throw missing(id);
  return found;
}

/** All requests of the account in the path. */
export async function portsOf(request: RestRequest): Promise<PortRequest[]> {
  const account = targetAccount(request)._id;
  const rows = await ports(request).view('port_requests', 'crossbar_listing', {
    startKey: [account],
    endKey: [account, {}],
    includeDocs: true,
  });
  return rows.flatMap(({ doc }) => typed(portRequest, doc) ?? []);
}

/** Merges what was sent as far as `check` lets it, stores what `decide` makes of it, and tells of it. */
export async function changePort(
  request: RestRequest,
  check: Check,
  decide: (document: PortRequest, reason: string | undefined) => Promise<PortRequest>,
  tellOf: (stored: PortRequest, reason: string | undefined) => Promise<void>,
): Promise<DataReply> {
  const data = settablePart(dataObject(request));
  const given = parameter(request, 'reason');
  const reason = typeof given === 'string' && given !== '' ? given : undefined;
  const stored = await storePort(request, async (previous) => {
    const next = portRequest.accept(merged(settablePart(previous), data)) as Parameters<Check>[1];
    await check(request, next, previous);
    const document = { ...next, ...privatePart(previous), _id: previous._id } as PortRequest;
    return decide(document, reason);
  });
  await tellOf(stored, reason);
  return { data: shownPort(request, stored), revision: stored._rev };
}

/** Stores what `decide` makes of the request in the path, one at a time. */
export async function storePort(
  request: RestRequest,
  decide: (previous: PortRequest) => Promise<PortRequest>,
): Promise<PortRequest> {
  const database = ports(request);
  return onNewest(request, `${database.name} ${portRequest.type}`, async () => {
    const previous = await portOf(request, { fresh: true });
    checkRevision(request, previous);
    const next = await decide(previous);
    const saved = await database.save({ ...next, ...auditFields(request) } as StoredDocument);
    const stored = storedAs(portRequest, saved);
    await tellOfComments(request, stored, previous);
    return stored;
  });
}
