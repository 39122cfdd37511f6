// audit_logs: what was changed over REST, by whom and from where; ours, Kazoo has none.
import { Type } from '../../../core/contract/index.ts';
import { audit_entry } from '../../../core/documents/index.ts';
import {
  accountEndpoint,
  type DataReply,
  idParameter,
  type ListReply,
  loadOfMonth,
  type MonthListing,
  monthList,
  operation,
  parameter,
  pathParameter,
  publicPart,
  type RestModule,
  type RestRequest,
} from '../engine/index.ts';

const parameters = {
  document_id: Type.Optional(Type.String({ description: 'only changes of this document' })),
  user_id: Type.Optional(Type.String({ description: 'only what this user did' })),
  created_from: Type.Optional(Type.Integer({ description: 'Gregorian seconds' })),
  created_to: Type.Optional(Type.Integer({ description: 'Gregorian seconds' })),
};

export const audit_logs: RestModule = {
  name: 'audit_logs',
  summary: 'What was changed over REST',
  endpoints: [
    accountEndpoint('audit_logs', {
      GET: operation('admin', 'Requests that changed something, newest first', list, {
        list: true,
        parameters,
      }),
    }),
    accountEndpoint(`audit_logs/:${idParameter}`, {
      GET: operation('admin', 'What one request changed', read, { reply: audit_entry.schema }),
    }),
  ],
};

function list(request: RestRequest): Promise<ListReply> {
  return monthList(request, { design: 'audit_logs', ...chosen(request) });
}

/** By one document or one user a view of its own answers. */
function chosen(request: RestRequest): Pick<MonthListing, 'view' | 'prefix'> {
  const id = parameter(request, 'document_id');
  const user = parameter(request, 'user_id');
  if (id !== undefined && user !== undefined)
    return { view: 'listing_by_document_and_user', prefix: [id, user] };
  if (id !== undefined) return { view: 'listing_by_document', prefix: [id] };
  if (user !== undefined) return { view: 'listing_by_user', prefix: [user] };
  return { view: 'crossbar_listing' };
}

async function read(request: RestRequest): Promise<DataReply> {
  const entry = await loadOfMonth(request, audit_entry, pathParameter(request, idParameter));
  return { data: publicPart(entry), revision: entry._rev };
}
