// cdrs: the records of calls, newest first, over the months of a window; also as CSV, and by interaction.
import { isRecord } from '../../../core/contract/index.ts';
import { databaseOfId, type StoredDocument, type ViewRow } from '../../../core/couch/index.ts';
import { cdr, user } from '../../../core/documents/index.ts';
import { csv } from '../cdrs/csv.ts';
import { cdrRow, columns } from '../cdrs/row.ts';
import {
  accountEndpoint,
  type Cursor,
  checkPrefix,
  collect,
  type DataReply,
  idParameter,
  invalid,
  load,
  missing,
  monthList,
  monthRows,
  operation,
  pageOf,
  pageQuery,
  parameter,
  pathParameter,
  publicPart,
  type Reply,
  type RestModule,
  type RestRequest,
  targetAccount,
  targetDatabase,
  windowOf,
} from '../engine/index.ts';

const rows = { list: true, produces: ['text/csv'] };

export const cdrs: RestModule = {
  name: 'cdrs',
  summary: 'Records of calls',
  endpoints: [
    accountEndpoint('cdrs', {
      GET: operation('account', 'Records of calls, newest first', (request) => list(request), rows),
    }),
    accountEndpoint('cdrs/interaction', {
      GET: operation(
        'account',
        'Records of calls, one for each interaction',
        (request) => interactions(request),
        rows,
      ),
    }),
    accountEndpoint(`cdrs/legs/:${idParameter}`, {
      GET: operation('account', 'The legs of an interaction', legs),
    }),
    accountEndpoint(`cdrs/:${idParameter}`, {
      GET: operation('account', 'One record', read, { reply: cdr.schema }),
    }),
    accountEndpoint('users/:user_id/cdrs', {
      GET: operation(
        'account',
        'Records of the calls of a user',
        async (request) => list(request, await ownerOf(request)),
        rows,
      ),
    }),
    accountEndpoint('users/:user_id/cdrs/interaction', {
      GET: operation(
        'account',
        'Interactions of a user',
        async (request) => interactions(request, await ownerOf(request)),
        rows,
      ),
    }),
  ],
};

async function ownerOf(request: RestRequest): Promise<string> {
  return (await load(targetDatabase(request), user, pathParameter(request, 'user_id')))._id;
}

async function list(request: RestRequest, owner?: string): Promise<Reply> {
  const rows = await monthList(request, {
    design: 'cdrs',
    view: owner === undefined ? 'crossbar_listing' : 'listing_by_owner',
    prefix: prefixOf(owner),
    options: { includeDocs: true },
    show: ({ doc }) => doc,
  });
  return answer(request, rows, 'cdrs');
}

const prefixOf = (owner: string | undefined): readonly string[] => (owner === undefined ? [] : [owner]);

/** Rows as JSON, or as a file when the client wants CSV. */
function answer(request: RestRequest, { data, ...page }: DataReply, name: string): Reply {
  const offset = Number(parameter(request, 'utc_offset') ?? 0);
  if (!Number.isInteger(offset) || Math.abs(offset) > 86_400)
    throw invalid('utc_offset', 'type', 'must be seconds', { value: parameter(request, 'utc_offset') });
  const documents = (data as (StoredDocument | undefined)[]).filter((document) => document !== undefined);
  const rows = documents.map((document) => cdrRow(document, offset));
  if (!wantsCsv(request)) return { ...page, data: rows };
  const asked = parameter(request, 'file_name') ?? request.headers['x-file-name'] ?? `${name}.csv`;
  const file = String(asked).replace(/[^\w.-]+/g, '_');
  return {
    body: csv(columns, rows),
    contentType: 'text/csv; charset=utf-8',
    headers: { 'content-disposition': `attachment; filename="${file}"` },
  };
}

function wantsCsv(request: RestRequest): boolean {
  return parameter(request, 'accept') === 'csv' || /^text\/csv\b/.test(request.headers.accept ?? '');
}

/** The id says which month it is in; one of another account's month is simply not there. */
async function read(request: RestRequest): Promise<DataReply> {
  const document = await find(request, pathParameter(request, idParameter));
  return { data: publicPart(document), revision: document._rev };
}

function find(request: RestRequest, id: string) {
  if (!/^\d{4}(0[1-9]|1[0-2])-./.test(id)) throw missing(id);
  const name = databaseOfId(targetAccount(request)._id, id);
  return load(request.services.store.database(name), cdr, id);
}

/** One row for each interaction: that of its first leg. */
async function interactions(request: RestRequest, owner?: string): Promise<Reply> {
  const view = owner === undefined ? 'interaction_listing' : 'interaction_listing_by_owner';
  const page = await pageQuery(request);
  const groupLevel = owner === undefined ? 2 : 3;
  const query = {
    design: 'interactions',
    view,
    prefix: prefixOf(owner),
    ...(await windowOf(request)),
    descending: page.descending,
    options: { groupLevel },
  };
  const fetch = async (start: Cursor | undefined, limit: number): Promise<ViewRow[]> => {
    if (start) checkPrefix(query.prefix, start);
    const rows = await monthRows(request, query, start, limit);
    return Promise.all(rows.map((row) => withDocument(request, row)));
  };
  // Groups are told apart by their key alone.
  const found = await collect({ ...page, start: page.start && { key: page.start.key } }, fetch);
  return answer(
    request,
    pageOf(page, found, ({ doc }) => doc),
    'interactions',
  );
}

async function withDocument(request: RestRequest, row: ViewRow): Promise<ViewRow> {
  const id = isRecord(row.value) ? String(row.value['id']) : '';
  const name = databaseOfId(targetAccount(request)._id, id);
  const doc = await request.services.store.database(name).find(id);
  return doc ? { ...row, id, doc } : { ...row, id };
}

/** All legs of the interaction that an id names, or that a CDR of this id belongs to. */
async function legs(request: RestRequest): Promise<Reply> {
  const id = pathParameter(request, idParameter);
  const interaction = /^\d{11,}-/.test(id) ? id : (await find(request, id)).interaction_id;
  const [, time] = /^(\d{11})-/.exec(interaction ?? '') ?? [];
  if (interaction === undefined || time === undefined) throw missing(id);
  // An interaction may go on over the end of its month.
  const window = { from: Number(time), to: Number(time) + 86_400 };
  const rows = await monthRows(
    request,
    {
      ...window,
      design: 'interactions',
      view: 'interaction_listing_by_id',
      descending: false,
      options: { startKey: [interaction], endKey: [interaction, {}], includeDocs: true },
    },
    undefined,
    1000,
  );
  return answer(request, { data: rows.map(({ doc }) => doc) }, 'legs');
}
