// att_handlers_errors: attachments that could not be stored outside of the database, newest first (contract/crossbar.md §6.4).
import { attachmentHandlerError } from '../../../core/documents/index.ts';
import {
  accountEndpoint,
  type DataReply,
  idParameter,
  type ListReply,
  loadOfMonth,
  monthList,
  operation,
  pathParameter,
  publicPart,
  type RestModule,
  type RestRequest,
} from '../engine/index.ts';

const path = 'att_handlers_errors';

export const att_handlers_errors: RestModule = {
  name: path,
  summary: 'Attachments that could not be stored outside of the database',
  endpoints: [
    accountEndpoint(path, {
      GET: operation('admin', 'What could not be stored outside, newest first', (request) => list(request), {
        list: true,
      }),
    }),
    accountEndpoint(`${path}/handler/:handler`, {
      GET: operation(
        'admin',
        'What one handler could not store',
        (request) => list(request, pathParameter(request, 'handler')),
        { list: true },
      ),
    }),
    accountEndpoint(`${path}/:${idParameter}`, {
      GET: operation('admin', 'What could not be stored, and why', read, {
        reply: attachmentHandlerError.schema,
      }),
    }),
  ],
};

function list(request: RestRequest, handler?: string): Promise<ListReply> {
  return monthList(request, {
    design: path,
    ...(handler === undefined
      ? { view: 'crossbar_listing', plainKey: true }
      : { view: 'list_by_handler', prefix: [handler] }),
    fileName: path,
  });
}

async function read(request: RestRequest): Promise<DataReply> {
  const found = await loadOfMonth(request, attachmentHandlerError, pathParameter(request, idParameter));
  return { data: publicPart(found), revision: found._rev };
}
