// recordings: recorded calls, newest first, with the sound itself.
import type { DocumentOf } from '../../../core/contract/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { callRecording, user } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  attachmentReply,
  auditFields,
  checkRevision,
  type DataReply,
  deleted,
  disposition,
  flag,
  idParameter,
  type ListReply,
  load,
  loadOfMonth,
  monthList,
  monthOfId,
  operation,
  parameter,
  pathParameter,
  publicPart,
  type Reply,
  type RestModule,
  type RestRequest,
  targetDatabase,
} from '../engine/index.ts';

export const recordings: RestModule = {
  name: 'recordings',
  summary: 'Recordings of calls',
  endpoints: [
    accountEndpoint('recordings', {
      GET: operation('account', 'Recordings of calls, newest first', (request) => list(request), {
        list: true,
      }),
    }),
    accountEndpoint('users/:user_id/recordings', {
      GET: operation(
        'account',
        'Recordings of the calls of a user',
        async (request) => {
          const owner = await load(targetDatabase(request), user, pathParameter(request, 'user_id'));
          return list(request, owner._id);
        },
        { list: true },
      ),
    }),
    accountEndpoint(`recordings/:${idParameter}`, {
      GET: operation('account', 'A recording; with Accept: audio/* the sound', read, {
        reply: callRecording.schema,
        produces: ['audio/*'],
      }),
      DELETE: operation('admin', 'Deletes a recording', remove, { reply: callRecording.schema }),
    }),
  ],
};

function list(request: RestRequest, owner?: string): Promise<ListReply> {
  return monthList(request, {
    design: 'recordings',
    view: owner === undefined ? 'crossbar_listing' : 'listing_by_user',
    prefix: owner === undefined ? [] : [owner],
    options: { includeDocs: true },
    show: ({ doc }) => doc && shown(doc),
  });
}

/** With the types of what can be heard. */
function shown(document: StoredDocument | DocumentOf<typeof callRecording>): Record<string, unknown> {
  const types = Object.values(document._attachments ?? {}).map(({ content_type }) => content_type);
  return { ...publicPart(document), _read_only: { content_types: [...new Set(types)].sort() } };
}

async function read(request: RestRequest): Promise<Reply> {
  const document = await loadOfMonth(request, callRecording, pathParameter(request, idParameter));
  if (!wantsSound(request)) return { data: shown(document), revision: document._rev };
  const [name] = Object.keys(document._attachments ?? {});
  if (name === undefined) throw new AppError('not_found', { message: 'the recording is not here' });
  const reply = await attachmentReply(request, monthOfId(request, document._id), document._id, name);
  if (!flag(request, 'inline')) return reply;
  const inline = disposition(name).replace(/^attachment/, 'inline');
  return { ...reply, headers: { ...reply.headers, 'content-disposition': inline } };
}

function wantsSound(request: RestRequest): boolean {
  const asked = parameter(request, 'accept') ?? request.headers.accept ?? '';
  return /^(audio|video)\/|^application\/octet-stream/.test(String(asked));
}

async function remove(request: RestRequest): Promise<DataReply> {
  const id = pathParameter(request, idParameter);
  const document = await loadOfMonth(request, callRecording, id, { fresh: true });
  checkRevision(request, document);
  const month = monthOfId(request, id);
  if (request.query['should_soft_delete'] === 'false') await month.remove(id, { hard: true });
  else await month.save({ ...document, ...auditFields(request), pvt_deleted: true });
  return { data: deleted(shown(document)) };
}
