// The months' databases behind a window of time, read one after the other as one long list.
import {
  fromGregorian,
  gregorian,
  monthDatabase,
  type ViewOptions,
  type ViewRow,
} from '../../../core/couch/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import type { DataReply } from './endpoint.ts';
import { type Filter, filterOf } from './filters.ts';
import { type Cursor, collect, pageOf, pageQuery } from './paging.ts';
import { invalid, parameter, type RestRequest, targetAccount } from './request.ts';

/** First and last moment, in Gregorian seconds. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

const day = 86_400;

/** `created_from` and `created_to`; without them the last month. Rejects one that is too long with `created_from.date_range`. */
export async function windowOf(request: RestRequest): Promise<Window> {
  const longest = await request.services.systemConfig.get('crossbar', 'maximum_range', 31 * day + 3_600);
  const moment = (name: string): number | undefined => {
    const given = parameter(request, name);
    if (given === undefined) return undefined;
    if (!/^\d{1,12}$/.test(String(given)))
      throw invalid(name, 'type', 'must be Gregorian seconds', { value: given });
    return Number(given);
  };
  const start = moment('created_from');
  const to = moment('created_to') ?? (start === undefined ? gregorian() : start + longest);
  const from = start ?? to - longest;
  if (from > to)
    throw invalid('created_from', 'date_range', 'created_from is after created_to', { value: from });
  if (to - from > longest)
    throw invalid('created_from', 'date_range', `the range is longer than ${longest} seconds`, {
      value: from,
    });
  return { from, to };
}

/** Names of the databases of the months of a window, the first first. */
function databasesOf(account: string, { from, to }: Window): string[] {
  const names: string[] = [];
  const month = fromGregorian(from);
  month.setUTCDate(1);
  month.setUTCHours(0, 0, 0, 0);
  for (const end = fromGregorian(to); month <= end; month.setUTCMonth(month.getUTCMonth() + 1))
    names.push(monthDatabase(account, month));
  return names;
}

/** What is read of every month. */
export interface MonthQuery extends Window {
  readonly design: string;
  readonly view: string;
  /** What the view's keys begin with before the time. */
  readonly prefix?: readonly unknown[];
  readonly descending: boolean;
  readonly options?: ViewOptions;
}

/** How a list over months differs from the plain one. */
export interface MonthList {
  readonly design: string;
  readonly view: string;
  /** What the view's keys begin with before the time. */
  readonly prefix?: readonly unknown[];
  readonly options?: ViewOptions;
  /** Default: `created_from` and `created_to` of the request. */
  readonly window?: Window;
  /** Default: the filters of the request, but for those of time: the window has chosen by time already. */
  readonly filter?: Filter | undefined;
  /** What the client sees of a row; default: its value. */
  readonly show?: (row: ViewRow) => unknown;
}

/** The list of a view over the databases of all months of a window, as one. */
export async function monthList(request: RestRequest, query: MonthList): Promise<DataReply> {
  const { design, view, prefix = [], show = (row) => row.value } = query;
  const { created_from: _, created_to: __, ...filters } = request.query;
  const filter = 'filter' in query ? query.filter : filterOf(filters);
  const page = { ...(await pageQuery(request)), filter };
  const window = query.window ?? (await windowOf(request));
  const options = { ...query.options, ...(filter && { includeDocs: true }) };
  if (page.start) checkPrefix(prefix, page.start);
  const fetch = (start: Cursor | undefined, limit: number) =>
    monthRows(
      request,
      { design, view, prefix, descending: page.descending, options, ...window },
      start,
      limit,
    );
  return pageOf(page, await collect(page, fetch), show);
}

/** A start key of another list would begin in the middle of what is not the client's to see. */
export function checkPrefix(prefix: readonly unknown[], { key }: Cursor): void {
  const inside = prefix.length === 0 || (Array.isArray(key) && prefix.every((part, at) => key[at] === part));
  if (!inside) throw invalid('start_key', 'invalid', 'start_key must come from this list');
}

/** Up to `limit` rows of a window, beginning at `start`; months without a database have none. */
export async function monthRows(
  request: RestRequest,
  { design, view, prefix = [], descending, options, ...window }: MonthQuery,
  start: Cursor | undefined,
  limit: number,
): Promise<ViewRow[]> {
  const names = databasesOf(targetAccount(request)._id, window);
  const rows: ViewRow[] = [];
  const [low, high] = [
    [...prefix, window.from],
    [...prefix, window.to, {}],
  ];
  for (const name of descending ? names.reverse() : names) {
    const found = await rowsOrNone(request, name, design, view, {
      startKey: start ? start.key : descending ? high : low,
      endKey: descending ? low : high,
      ...(start?.id === undefined ? {} : { startDocId: start.id }),
      descending,
      limit: limit - rows.length,
      ...options,
    });
    rows.push(...found);
    if (rows.length >= limit) break;
  }
  return rows;
}

async function rowsOrNone(
  { services }: RestRequest,
  name: string,
  design: string,
  view: string,
  options: ViewOptions,
): Promise<ViewRow[]> {
  try {
    return await services.store.database(name).view(design, view, options);
  } catch (error) {
    if (hasCode(error, 'datastore_missing')) return [];
    throw error;
  }
}
