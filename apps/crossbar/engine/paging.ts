// What a client asks of a list: page size, order, where it begins and ends, filters (contract/crossbar.md §3).
import { AppError } from '../../../core/errors/index.ts';
import { type Filter, filterOf } from './filters.ts';
import { parameter, type RestRequest } from './request.ts';

/** Which part of a view a list shows. */
export interface Range {
  /** Only rows with this key. */
  readonly key?: unknown;
  /** Only rows whose array key begins so. */
  readonly prefix?: readonly unknown[];
  /** With a prefix: the first and the last key, instead of all that begin so. */
  readonly low?: readonly unknown[];
  readonly high?: readonly unknown[];
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

/** `unfiltered` are parameters that are no filters here. Rejects with `faulty_request`. */
export async function pageQuery(
  request: RestRequest,
  unfiltered: readonly string[] = [],
): Promise<PageQuery> {
  const filters = Object.entries(request.query).filter(([name]) => !unfiltered.includes(name));
  return {
    size: await pageSize(request),
    descending: String(parameter(request, 'ascending')) !== 'true',
    start: cursor(parameter(request, 'start_key')),
    end: cursor(parameter(request, 'end_key')),
    filter: filterOf(Object.fromEntries(filters)),
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

/** A cursor as clients see it. */
export function encodeCursor({ key, id }: Cursor): string {
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
export function checkInside({ key, prefix }: Range, candidate: unknown): void {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  if (key !== undefined && !same(key, candidate)) throw outside();
  if (prefix && !(Array.isArray(candidate) && prefix.every((part, at) => same(part, candidate[at]))))
    throw outside();
}

export function outside(): AppError {
  return new AppError('faulty_request', { message: 'start_key and end_key must come from this list' });
}

/** The bounds of a view query. With a single key the range is that key, so that paging by document id works. */
export function bounds(
  { key, prefix, ...part }: Range,
  { start, end, descending }: Pick<PageQuery, 'start' | 'end' | 'descending'>,
): { startKey?: unknown; endKey?: unknown; startDocId?: string } {
  const [low, high] =
    key !== undefined ? [key, key] : prefix ? [part.low ?? prefix, part.high ?? [...prefix, {}]] : [];
  const first = start ? start.key : descending ? high : low;
  const last = end ? end.key : descending ? low : high;
  return {
    ...(first === undefined ? {} : { startKey: first }),
    ...(last === undefined ? {} : { endKey: last }),
    ...(start?.id === undefined ? {} : { startDocId: start.id }),
  };
}
