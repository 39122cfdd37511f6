// Lists that are read piece by piece, while they are written: one view query a piece (contract/crossbar.md §3).
import type { Listing } from '../../../core/contract/index.ts';
import type { Database, StoredDocument, ViewRow } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import type { DataReply, ListReply } from './endpoint.ts';
import { bounds, type Cursor, checkInside, encodeCursor, pageQuery, type Range } from './paging.ts';
import type { RestRequest } from './request.ts';

/** What the client sees of a list. */
export interface Shown {
  /** What the client sees of a row; default: its value. Rows of which it gives undefined are left out. */
  readonly show?: (row: ViewRow) => unknown;
  /** The same for a piece of the list at once, where more must be read for it. */
  readonly showAll?: (rows: readonly ViewRow[]) => Promise<readonly unknown[]>;
  /** The columns of a CSV file, in order; default: the keys of its first rows. */
  readonly columns?: readonly string[];
  /** Name of a file that holds the list, without its ending. Default: `result`. */
  readonly fileName?: string;
}

/** How a list differs from the plain one. */
export interface ListOptions extends Range, Shown {
  /** Filters look at the row's value as well as at the document behind it. */
  readonly filterRows?: boolean;
  /** Rows come with their documents. */
  readonly includeDocs?: boolean;
}

/** The list of a view. */
export async function list(
  request: RestRequest,
  database: Database,
  { design, view }: Listing,
  { filterRows = false, includeDocs = false, key, prefix, low, high, ...shown }: ListOptions = {},
): Promise<ListReply> {
  const range: Range = {
    ...(key !== undefined && { key }),
    ...(prefix && { prefix }),
    ...(low && { low }),
    ...(high && { high }),
  };
  const query = await pageQuery(request);
  for (const end of [query.start, query.end]) if (end) checkInside(range, end.key);
  const withDocs = includeDocs || query.filter !== undefined;
  return listReply(query, shown, async (start, limit) => {
    const rows = await database.view(design, view, {
      ...bounds(range, { ...query, start }),
      descending: query.descending,
      limit,
      reduce: false,
      ...(withDocs && { includeDocs: true }),
    });
    return filterRows ? rows.map((row) => ({ ...row, doc: withRow(row) })) : rows;
  });
}

const withRow = ({ doc, value }: ViewRow): StoredDocument => ({ ...doc, ...(value as StoredDocument) });

/** A list over any source of rows: `fetch` gives up to `limit` of them from `start` on, that one included. */
export function listReply(
  page: ListReply['page'],
  { show = ({ value }) => value, showAll, columns, fileName = 'result' }: Shown,
  fetch: ListReply['fetch'],
): ListReply {
  const present = showAll ?? (async (rows) => rows.map(show));
  return {
    page,
    fetch,
    present: async (rows) => (await present(rows)).filter((row) => row !== undefined),
    fileName,
    ...(columns && { columns }),
  };
}

/** Rows that are read in one go. */
const pieceSize = 500;

/** Some rows of a list as the client sees them. */
export interface Piece {
  readonly rows: readonly unknown[];
  /** Set on the last one: the keys that the list adds to the envelope. */
  readonly envelope?: Readonly<Record<string, unknown>>;
}

/** Reads a list, from the second piece on one ahead of who takes them; there is always a last one, which may be empty. */
export async function* piecesOf({ page, fetch, present }: ListReply): AsyncGenerator<Piece> {
  const { size = Number.POSITIVE_INFINITY, filter } = page;
  let shown = 0;
  const begin = (start: Cursor | undefined, isFirst: boolean) => {
    const wanted = Math.min(filter ? pieceSize : size - shown + 1, pieceSize) + (isFirst ? 0 : 1);
    const found = fetch(start, wanted);
    // Who goes away meanwhile does not wait for it.
    found.catch(() => undefined);
    return { start, isFirst, wanted, found };
  };
  for (let reading = begin(page.start, true); ; ) {
    const { start, isFirst, wanted } = reading;
    const found = await reading.found;
    // A later piece begins with the row that the one before ended with, unless that was deleted meanwhile.
    const fresh = !isFirst && found[0] && isAt(found[0], start) ? found.slice(1) : found;
    const fitting = filter ? fresh.filter(({ doc }) => doc && filter(doc)) : fresh;
    const next = fitting[size - shown];
    const rows = next ? fitting.slice(0, size - shown) : fitting;
    shown += rows.length;
    const last = found.at(-1);
    if (next || !last || found.length < wanted) {
      yield { rows: await present(rows), envelope: envelopeOf(page, shown, next) };
      return;
    }
    const readOn = () => begin({ key: last.key, id: last.id }, false);
    // Who wants more than one piece mostly wants all: the next one is read while this one is written.
    const ahead = isFirst ? undefined : readOn();
    yield { rows: await present(rows) };
    reading = ahead ?? readOn();
  }
}

function isAt({ key, id }: ViewRow, cursor: Cursor | undefined): boolean {
  return cursor?.id === id && JSON.stringify(cursor.key) === JSON.stringify(key);
}

function envelopeOf(
  { size, start }: ListReply['page'],
  shown: number,
  next: ViewRow | undefined,
): Readonly<Record<string, unknown>> {
  if (size === undefined) return {};
  return {
    page_size: shown,
    ...(start && { start_key: encodeCursor(start) }),
    ...(next && { next_start_key: encodeCursor({ key: next.key, id: next.id }) }),
  };
}

/** Most rows that are held at once. */
const mostGathered = 50_000;

/** A whole list in memory, where its form wants that. Rejects with `range_not_satisfiable` for one that is too long. */
export async function gathered(reply: ListReply): Promise<DataReply & { readonly data: readonly unknown[] }> {
  const data: unknown[] = [];
  for await (const { rows, envelope } of piecesOf(reply)) {
    data.push(...rows);
    if (data.length > mostGathered)
      throw new AppError('range_not_satisfiable', {
        message: `the list has more than ${mostGathered} rows: ask for pages`,
      });
    if (envelope) return { data, envelope };
  }
  return { data };
}
