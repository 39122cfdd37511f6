// Answers a view query over rows in memory as CouchDB does: order, ranges, keys, paging, reduce and groups.
import type { RunnableView } from '../../couchdb/run.ts';
import { collate, collateIds } from '../couch/collate.ts';
import type { ViewOptions, ViewRow } from '../couch/index.ts';
import { AppError } from '../errors/index.ts';

/** One emitted row with the document it came from. */
export interface IndexRow {
  readonly id: string;
  readonly key: unknown;
  readonly value: unknown;
}

type Order = (a: unknown, b: unknown) => number;

/** Rows in the order of a view: by key, then by document id. */
export function sorted(rows: readonly IndexRow[], order: Order = collate): IndexRow[] {
  return [...rows].sort((a, b) => order(a.key, b.key) || collateIds(a.id, b.id));
}

/** The rows a query selects from sorted rows, before paging. */
function selected(rows: readonly IndexRow[], options: ViewOptions, order: Order): IndexRow[] {
  if (options.keys) return options.keys.flatMap((key) => rows.filter((row) => order(row.key, key) === 0));
  if (options.key !== undefined) return rows.filter((row) => order(row.key, options.key) === 0);
  const directed = options.descending ? [...rows].reverse() : rows;
  const sign = options.descending ? -1 : 1;
  return directed.filter((row) => {
    if (options.startKey !== undefined) {
      const at = sign * order(row.key, options.startKey);
      if (at < 0) return false;
      if (at === 0 && options.startDocId !== undefined)
        return sign * collateIds(row.id, options.startDocId) >= 0 && beforeEnd(row, options, order, sign);
    }
    return beforeEnd(row, options, order, sign);
  });
}

function beforeEnd(row: IndexRow, options: ViewOptions, order: Order, sign: number): boolean {
  if (options.endKey === undefined) return true;
  const at = sign * order(row.key, options.endKey);
  return at < 0 || (at === 0 && options.inclusiveEnd !== false);
}

/** Rows of a map query. */
export function mapRows(
  rows: readonly IndexRow[],
  options: ViewOptions = {},
  order: Order = collate,
): IndexRow[] {
  return paged(selected(rows, options, order), options);
}

/** Rows of a reduce query: one in all, one per key (`group`), or one per key prefix (`groupLevel`). */
export function reducedRows(
  rows: readonly IndexRow[],
  view: RunnableView,
  options: ViewOptions = {},
): ViewRow[] {
  const ungrouped = !options.group && (options.keys?.length ?? 0) > 1;
  if (options.includeDocs || ungrouped)
    throw new AppError('invalid_data', {
      message: options.includeDocs
        ? 'a reduced query cannot include documents'
        : 'a reduced query by keys needs group',
    });
  const groups: { key: unknown; rows: IndexRow[] }[] = [];
  for (const row of selected(rows, options, collate)) {
    const key = groupKey(row.key, options);
    const last = groups.at(-1);
    if (last && collate(last.key, key) === 0) last.rows.push(row);
    else groups.push({ key, rows: [row] });
  }
  return paged(groups, options).map((group) => ({
    id: '',
    key: group.key,
    value: view.reduce?.(
      group.rows.map((row) => [row.key, row.id] as const),
      group.rows.map((row) => row.value),
    ),
  }));
}

function groupKey(key: unknown, { group, groupLevel }: ViewOptions): unknown {
  if (groupLevel !== undefined && groupLevel > 0) return Array.isArray(key) ? key.slice(0, groupLevel) : key;
  return group ? key : null;
}

function paged<T>(rows: readonly T[], { skip = 0, limit }: ViewOptions): T[] {
  return rows.slice(skip, limit === undefined ? undefined : skip + limit);
}
