// Lists: one view query a page, opaque start keys, newest or last first unless asked otherwise (contract/crossbar.md §3).
import type { Listing } from '../../../core/contract/index.ts';
import type { Database, StoredDocument, ViewRow } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import type { DataReply } from './endpoint.ts';
import { type Filter, filterOf } from './filters.ts';
import { parameter, type RestRequest } from './request.ts';

/** Which part of a view a list shows. */
export interface Range {
  /** Only rows with this key. */
  readonly key?: unknown;
  /** Only rows whose array key begins so. */
  readonly prefix?: readonly unknown[];
}

/** Where a page begins: the key of its first row and the id of the document behind it. */
export interface Cursor {
  readonly key: unknown;
  readonly id?: string;
}

/** What a client asked of a list. `size` is undefined for everything at once. */
export interface PageQuery {
  readonly size: number | undefined;
  readonly descending: boolean;
  readonly start: Cursor | undefined;
  readonly end: Cursor | undefined;
  readonly filter: Filter | undefined;
}

/** Rows that are read in one go when everything is asked for or filters thin them out. */
const chunk = 500;

export async function pageQuery(request: RestRequest): Promise<PageQuery> {
  return {
    size: await pageSize(request),
    descending: String(parameter(request, 'ascending')) !== 'true',
    start: cursor(parameter(request, 'start_key')),
    end: cursor(parameter(request, 'end_key')),
    filter: filterOf(request.query),
  };
}

async function pageSize(request: RestRequest): Promise<number | undefined> {
  if (String(parameter(request, 'paginate')) === 'false') return undefined;
  const asked = parameter(request, 'page_size');
  if (asked === undefined) return request.services.systemConfig.get('crossbar', 'pagination_page_size', 50);
  if (!/^\d{1,6}$/.test(String(asked)) || Number(asked) < 1)
    throw new AppError('faulty_request', { message: 'page_size must be a positive integer' });
  return Number(asked);
}

/** How a list differs from the plain one. */
export interface ListOptions extends Range {
  /** What the client sees of a row; default: its value. */
  readonly show?: (row: ViewRow) => unknown;
  /** Filters look at the row's value and not at the document behind it. */
  readonly filterRows?: boolean;
}

/** The list of a view. */
export async function list(
  request: RestRequest,
  database: Database,
  listing: Listing,
  { show = (row) => row.value, filterRows = false, ...range }: ListOptions = {},
): Promise<DataReply> {
  const query = await pageQuery(request);
  for (const end of [query.start, query.end]) if (end) checkInside(range, end.key);
  const fetch = async (start: Cursor | undefined, limit: number) => {
    const rows = await database.view(listing.design, listing.view, {
      ...bounds(range, { ...query, start }),
      descending: query.descending,
      limit,
      reduce: false,
      ...(query.filter && !filterRows && { includeDocs: true }),
    });
    return filterRows ? rows.map((row) => ({ ...row, doc: row.value as StoredDocument })) : rows;
  };
  return pageOf(query, await collect(query, fetch), show);
}

/** Rows from `fetch` until the page is full, one more to know where the next begins. */
export async function collect(
  query: PageQuery,
  fetch: (start: Cursor | undefined, limit: number) => Promise<ViewRow[]>,
): Promise<ViewRow[]> {
  const { size, filter } = query;
  const wanted = size === undefined ? Number.POSITIVE_INFINITY : size + 1;
  const found: ViewRow[] = [];
  for (let start = query.start; ; ) {
    const limit = Math.min(filter ? chunk : wanted, chunk) + (start === query.start ? 0 : 1);
    const rows = await fetch(start, limit);
    // A later chunk begins with the row that the one before ended with.
    const fresh = start === query.start ? rows : rows.slice(1);
    for (const row of fresh) {
      if (!filter || (row.doc && filter(row.doc))) found.push(row);
      if (found.length === wanted) return found;
    }
    const last = rows.at(-1);
    if (!last || rows.length < limit) return found;
    start = { key: last.key, id: last.id };
  }
}

/** The envelope of a page whose rows may be one more than it shows. */
export function pageOf(
  { size, start }: PageQuery,
  rows: readonly ViewRow[],
  show: (row: ViewRow) => unknown,
): DataReply {
  if (size === undefined) return { data: rows.map(show) };
  const next = rows[size];
  const shown = rows.slice(0, size);
  return {
    data: shown.map(show),
    envelope: {
      page_size: shown.length,
      ...(start && { start_key: encode(start) }),
      ...(next && { next_start_key: encode({ key: next.key, id: next.id }) }),
    },
  };
}

function encode({ key, id }: Cursor): string {
  return Buffer.from(JSON.stringify([key, id])).toString('base64url');
}

/** What we encoded; anything else is a key as it stands. */
function cursor(text: unknown): Cursor | undefined {
  if (text === undefined || text === '') return undefined;
  if (typeof text !== 'string') return { key: text };
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === 2 && typeof value[1] === 'string')
      return { key: value[0], id: value[1] };
  } catch {
    // Not one of ours.
  }
  return { key: text };
}

/** A start key must not lead out of the part of the view that is the client's to see. */
function checkInside({ key, prefix }: Range, candidate: unknown): void {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  if (key !== undefined && !same(key, candidate)) throw outside();
  if (prefix && !(Array.isArray(candidate) && prefix.every((part, at) => same(part, candidate[at]))))
    throw outside();
}

function outside(): AppError {
  return new AppError('faulty_request', { message: 'start_key and end_key must come from this list' });
}

/** The bounds of a view query. With a single key the range is that key, so that paging by document id works. */
function bounds(
  { key, prefix }: Range,
  { start, end, descending }: Pick<PageQuery, 'start' | 'end' | 'descending'>,
): { startKey?: unknown; endKey?: unknown; startDocId?: string } {
  const [low, high] = key !== undefined ? [key, key] : prefix ? [prefix, [...prefix, {}]] : [];
  const first = start ? start.key : descending ? high : low;
  const last = end ? end.key : descending ? low : high;
  return {
    ...(first === undefined ? {} : { startKey: first }),
    ...(last === undefined ? {} : { endKey: last }),
    ...(start?.id === undefined ? {} : { startDocId: start.id }),
  };
}
