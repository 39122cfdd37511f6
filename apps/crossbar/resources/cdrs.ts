// cdrs: the records of calls, newest first, over the months of a window; also as CSV, and by interaction.
import { isRecord } from '../../../core/contract/index.ts';
import { databaseOfId, type ViewRow } from '../../../core/couch/index.ts';
import { cdr, user } from '../../../core/documents/index.ts';
import { cdrRow, columns, type ListedCdr, listedCdr } from '../cdrs/row.ts';
import { summaryOf } from '../cdrs/summary.ts';
import {
  accountEndpoint,
  type DataReply,
  idParameter,
  invalid,
  type ListReply,
  listReply,
  load,
  loadOfMonth,
  missing,
  monthList,
  monthRows,
  operation,
  parameter,
  pathParameter,
  publicPart,
  type Reply,
  type RestModule,
  type RestRequest,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';

const rows = { list: true };
/** Of one interaction. */
const mostLegs = 1000;

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
    accountEndpoint('cdrs/summary', {
      GET: operation('account', 'Seconds by direction, domain and kind of number', (request) =>
        summaryOf(request),
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

async function list(request: RestRequest, owner?: string): Promise<ListReply> {
  const { offset, ...file } = shown(request, 'cdrs');
  if (owner !== undefined) {
    const listing = { design: 'cdrs', view: 'listing_by_owner', options: { includeDocs: true } };
    return monthList(request, { ...listing, ...below(owner), ...file });
  }
  const show = ({ key, value }: ViewRow<unknown>) =>
    cdrRow(value as ListedCdr, Number((key as readonly unknown[])[0]), offset);
  return monthList(request, { design: 'cdrs', view: 'crossbar_listing', ...file, show });
}

const below = (owner: string | undefined) => (owner === undefined ? {} : { prefix: [owner] });

/** Rows in Kazoo's form; those whose document is gone are left out. */
function shown(request: RestRequest, fileName: string) {
  const offset = Number(parameter(request, 'utc_offset') ?? 0);
  if (!Number.isInteger(offset) || Math.abs(offset) > 86_400)
    throw invalid('utc_offset', 'type', 'must be seconds', { value: parameter(request, 'utc_offset') });
  const show = ({ doc }: ViewRow) => doc && cdrRow(listedCdr(doc), doc.pvt_created ?? 0, offset);
  return { columns, fileName, show, offset };
}

/** The id says which month it is in; one of another account's month is simply not there. */
async function read(request: RestRequest): Promise<DataReply> {
  const document = await loadOfMonth(request, cdr, pathParameter(request, idParameter));
  return { data: publicPart(document), revision: document._rev };
}

/** One row for each interaction: that of its first leg. */
async function interactions(request: RestRequest, owner?: string): Promise<ListReply> {
  const view = owner === undefined ? 'interaction_listing' : 'interaction_listing_by_owner';
  const groupLevel = owner === undefined ? 2 : 3;
  const listing = { design: 'interactions', view, options: { groupLevel }, ...below(owner) };
  const { page, fetch } = await monthList(request, listing);
  // Groups are told apart by their key alone.
  const start = page.start && { key: page.start.key };
  return listReply({ ...page, start }, shown(request, 'interactions'), async (from, limit) => {
    const rows = await fetch(from && { key: from.key }, limit);
    return Promise.all(rows.map((row) => withDocument(request, row)));
  });
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
  const interaction = /^\d{11,}-/.test(id) ? id : (await loadOfMonth(request, cdr, id)).interaction_id;
  const [, time] = /^(\d{11})-/.exec(interaction ?? '') ?? [];
  if (interaction === undefined || time === undefined) throw missing(id);
  // An interaction may go on over the end of its month, and a leg may be a little older than it.
  const rows = await monthRows(
    request,
    {
      design: 'interactions',
      view: 'interaction_listing_by_id',
      prefix: [interaction],
      wholeMonths: true,
      options: { includeDocs: true },
    },
    { from: Number(time) - 86_400, to: Number(time) + 86_400 },
    { start: undefined, end: undefined, descending: false },
    mostLegs,
  );
  const { show } = shown(request, 'legs');
  return { data: rows.map(show).filter((row) => row !== undefined) };
}
