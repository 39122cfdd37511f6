// Lists over the months' databases behind a window of time, read one after the other as one long list.
import { randomBytes } from 'node:crypto';
import type { AnyDocument, DocumentOf, Listing } from '../../../core/contract/index.ts';
import {
  type Database,
  databaseOfId,
  fromGregorian,
  gregorian,
  monthDatabase,
  monthOf,
  type ViewOptions,
  type ViewRow,
} from '../../../core/couch/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import { load, missing } from './documents.ts';
import type { ListReply } from './endpoint.ts';
import type { Filter } from './filters.ts';
import { listReply, type Shown } from './list.ts';
import { type Cursor, outside, type PageQuery, pageQuery } from './paging.ts';
import { invalid, parameter, type RestRequest, targetAccount } from './request.ts';

/** An id for a document of the month that holds `at`: it says which database it is in. */
export const newMonthId = (at: Date): string => `${monthOf(at)}-${randomBytes(16).toString('hex')}`;

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
      throw invalid(name, 'type', 'must be Gregorian seconds', { target: 'integer', value: given });
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

/** A view that the databases of months have, with the time in its key. */
export interface MonthListing extends Listing {
  /** What the keys begin with before the time. Without it they begin with the time. */
  readonly prefix?: readonly unknown[];
  /** The key is the time itself, and no list. */
  readonly plainKey?: boolean;
  /** Everything below the prefix in the months of the window: the time in the key is of another kind. */
  readonly wholeMonths?: boolean;
  readonly options?: Pick<ViewOptions, 'includeDocs' | 'reduce' | 'group' | 'groupLevel'>;
}

/** The list of a view over months. */
export interface MonthList extends MonthListing, Shown {
  /** Default: `created_from` and `created_to` of the request. */
  readonly window?: Window;
  /** Default: the filters of the request, but for those of time: the window has chosen by time already. */
  readonly filter?: Filter | undefined;
}

/** The list of a view over the databases of all months of a window, as one, newest first. */
export async function monthList(request: RestRequest, query: MonthList): Promise<ListReply> {
  const window = query.window ?? (await windowOf(request));
  const asked = await pageQuery(request, ['created_from', 'created_to']);
  const page = 'filter' in query ? { ...asked, filter: query.filter } : asked;
  for (const cursor of [page.start, page.end]) if (cursor) checkInside(query, window, cursor);
  const withDocs = page.filter !== undefined && query.options?.groupLevel === undefined;
  const listing = { ...query, options: { ...query.options, ...(withDocs && { includeDocs: true }) } };
  return listReply(page, query, (start, limit) =>
    monthRows(request, listing, window, { ...page, start }, limit),
  );
}

/** Up to `limit` rows of a window, beginning at `start`; months without a database have none. */
export async function monthRows(
  request: RestRequest,
  { design, view, options, ...listing }: MonthListing,
  window: Window,
  { start, end, descending }: Pick<PageQuery, 'start' | 'end' | 'descending'>,
  limit: number,
): Promise<ViewRow[]> {
  const rows: ViewRow[] = [];
  const [low, high] = boundsOf(listing, window);
  for (const name of databasesOf(
    targetAccount(request)._id,
    narrowed(listing, window, start, descending),
    descending,
  )) {
    const found = await rowsOrNone(
      request,
      name,
      { design, view },
      {
        startKey: start ? start.key : descending ? high : low,
        endKey: end ? end.key : descending ? low : high,
        ...(start?.id === undefined ? {} : { startDocId: start.id }),
        descending,
        limit: limit - rows.length,
        ...options,
      },
    );
    rows.push(...found);
    if (rows.length >= limit) break;
  }
  return rows;
}

type KeyForm = Pick<MonthListing, 'prefix' | 'plainKey' | 'wholeMonths'>;

function boundsOf({ prefix = [], plainKey, wholeMonths }: KeyForm, { from, to }: Window): [unknown, unknown] {
  if (wholeMonths) return [prefix, [...prefix, {}]];
  return plainKey
    ? [from, to]
    : [
        [...prefix, from],
        [...prefix, to, {}],
      ];
}

/** The time in a key; undefined when it is no key of this list. */
function timeOf({ prefix = [], plainKey }: KeyForm, key: unknown): number | undefined {
  if (plainKey) return typeof key === 'number' ? key : undefined;
  if (!Array.isArray(key) || !prefix.every((part, at) => part === key[at])) return undefined;
  const time: unknown = key[prefix.length];
  return typeof time === 'number' ? time : undefined;
}

/** A start key from another user's list would begin in the middle of theirs. */
function checkInside(form: KeyForm, { from, to }: Window, { key }: Cursor): void {
  const time = timeOf(form, key);
  if (time === undefined || time < from || time > to) throw outside();
}

/** What is left of the window from a cursor on: months before it have no more rows. */
function narrowed(form: KeyForm, window: Window, start: Cursor | undefined, descending: boolean): Window {
  const time = start && timeOf(form, start.key);
  if (time === undefined) return window;
  return descending ? { from: window.from, to: time } : { from: time, to: window.to };
}

/** Names of the databases of the months of a window, in the order in which they are read. */
function databasesOf(account: string, { from, to }: Window, descending: boolean): string[] {
  const names: string[] = [];
  const month = fromGregorian(from);
  month.setUTCDate(1);
  month.setUTCHours(0, 0, 0, 0);
  for (const end = fromGregorian(to); month <= end; month.setUTCMonth(month.getUTCMonth() + 1))
    names.push(monthDatabase(account, month));
  return descending ? names.reverse() : names;
}

async function rowsOrNone(
  { services }: RestRequest,
  name: string,
  { design, view }: Listing,
  options: ViewOptions,
): Promise<ViewRow[]> {
  try {
    return await services.store.database(name).view(design, view, options);
  } catch (error) {
    if (hasCode(error, 'datastore_missing')) return [];
    throw error;
  }
}

/** The document of a month's database that an id names; one that is no such id, or of another account, is missing. */
export function loadOfMonth<D extends AnyDocument>(
  request: RestRequest,
  contract: D,
  id: string,
  options: { readonly fresh?: boolean } = {},
): Promise<DocumentOf<D>> {
  return load(monthOfId(request, id), contract, id, options);
}

/** The month's database that holds the document `id`. Rejects with `bad_identifier` what is no such id. */
export function monthOfId(request: RestRequest, id: string): Database {
  if (!/^\d{4}(0[1-9]|1[0-2])-./.test(id)) throw missing(id);
  return request.services.store.database(databaseOfId(targetAccount(request)._id, id));
}
