// The months' databases behind a window of time, read one after the other as one long list.
import type { AnyDocument, DocumentOf } from '../../../core/contract/index.ts';
import {
  databaseOfId,
  fromGregorian,
  gregorian,
  monthDatabase,
  type ViewOptions,
  type ViewRow,
} from '../../../core/couch/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import { load, missing } from './documents.ts';
import type { DataReply } from './endpoint.ts';
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
  /** The keys are the time itself, and no array that has it. */
  readonly plainKeys?: boolean;
  readonly descending: boolean;
  readonly options?: ViewOptions;
}

/** Up to `limit` rows of a window, beginning at `start`; months without a database have none. */
export async function monthRows(
  request: RestRequest,
  { design, view, prefix = [], plainKeys = false, descending, options, ...window }: MonthQuery,
  start: Cursor | undefined,
  limit: number,
): Promise<ViewRow[]> {
  // A start key from another list would begin in the middle of that one.
  const from = Array.isArray(start?.key) ? start.key : [];
  if (start && !prefix.every((part, at) => from[at] === part))
    throw invalid('start_key', 'invalid', 'start_key must come from this list');
  const names = databasesOf(targetAccount(request)._id, window);
  const rows: ViewRow[] = [];
  const [low, high] = plainKeys
    ? [window.from, window.to]
    : [
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

/** What a list of documents of months shows. */
export type MonthListing = Pick<MonthQuery, 'design' | 'view' | 'prefix' | 'plainKeys'>;

/** The list of a view over the months of `created_from` and `created_to`; rows are the view's values. */
export async function listMonths(request: RestRequest, listing: MonthListing): Promise<DataReply> {
  const window = await windowOf(request);
  const page = await pageQuery(request);
  const options = page.filter ? { includeDocs: true } : {};
  const query = { ...listing, ...window, descending: page.descending, options };
  const rows = await collect(page, (start, limit) => monthRows(request, query, start, limit));
  return pageOf(page, rows, ({ value }) => value);
}

/**
 * The document of a month that the id names (`YYYYMM-…`). Rejects with `bad_identifier`; one of another account's month is
 * simply not there.
 */
export function loadFromMonth<D extends AnyDocument>(
  request: RestRequest,
  contract: D,
  id: string,
): Promise<DocumentOf<D>> {
  if (!/^\d{4}(0[1-9]|1[0-2])-./.test(id)) throw missing(id);
  const name = databaseOfId(targetAccount(request)._id, id);
  return load(request.services.store.database(name), contract, id);
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
