// Writes lists: a short one as a whole, any other piece by piece as the client reads, in constant memory.
import { Readable } from 'node:stream';
import type { Context } from 'koa';
import { columnsOf, csvLines } from './csv.ts';
import type { ListReply } from './endpoint.ts';
import { type About, success } from './envelope.ts';
import type { Piece } from './list.ts';
import { pdfTable } from './pdf.ts';
import { onlyFields, type Wishes } from './wishes.ts';
import { setBody, writeJson } from './write.ts';

/** Writes the pieces of a list as the client wants it. */
export async function writeList(
  context: Context,
  list: AsyncIterable<Piece>,
  named: Pick<ListReply, 'columns' | 'fileName'>,
  wishes: Wishes,
  about: About,
): Promise<void> {
  const pieces = wishedPieces(list, wishes);
  // Whatever is wrong with the list is mostly so from its beginning, and can still be said as such.
  const first = await pieces.next();
  const begun = first.done ? { rows: [], envelope: {} } : first.value;
  if (wishes.format !== 'json') return writeFile(context, named, begun, pieces, wishes);
  if (begun.envelope && !wishes.isChunked)
    return writeJson(context, { data: begun.rows, envelope: begun.envelope }, wishes, about);
  context.status = 200;
  context.set('expires', 'Fri, 01 Jan 1999 00:00:00 GMT');
  context.set('content-type', wishes.callback ? 'application/javascript' : 'application/json');
  if (wishes.callback) context.set('x-content-type-options', 'nosniff');
  setBody(context, Readable.from(jsonTexts(begun, pieces, wishes, about), { objectMode: false }));
}

async function* wishedPieces(list: AsyncIterable<Piece>, { fields }: Wishes): AsyncGenerator<Piece> {
  for await (const { rows, ...piece } of list)
    yield { rows: rows.map((row) => onlyFields(row, fields)), ...piece };
}

async function* following(begun: Piece, pieces: AsyncGenerator<Piece>): AsyncGenerator<Piece> {
  try {
    yield begun;
    if (!begun.envelope) yield* pieces;
  } finally {
    // A client that went away must not leave the reading half done.
    await pieces.return(undefined);
  }
}

/** `{"data":[…],…}`; where the client asked for chunks, what stands behind the rows is text (contract/crossbar.md §2). */
async function* jsonTexts(
  begun: Piece,
  pieces: AsyncGenerator<Piece>,
  { isChunked, chunkSize, isPretty, callback }: Wishes,
  about: About,
): AsyncGenerator<string> {
  const indent = isPretty ? 2 : undefined;
  yield `${callback ? `${callback}(` : ''}{"data":[`;
  let isEmpty = true;
  for await (const { rows, envelope } of following(begun, pieces)) {
    for (let at = 0; at < rows.length; at += chunkSize) {
      const texts = rows.slice(at, at + chunkSize).map((row) => JSON.stringify(row, null, indent));
      yield (isEmpty ? '' : ',') + texts.join();
      isEmpty = false;
    }
    if (!envelope) continue;
    const { data: _, ...rest } = success({ data: [], envelope }, about);
    const trailer = isChunked
      ? Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, String(value)]))
      : rest;
    yield `],${JSON.stringify(trailer, null, indent).slice(1)}${callback ? ');' : ''}`;
  }
}

const contentTypes = { csv: 'text/csv; charset=utf-8', pdf: 'application/pdf' } as const;

function writeFile(
  context: Context,
  { columns, fileName }: Pick<ListReply, 'columns' | 'fileName'>,
  begun: Piece,
  pieces: AsyncGenerator<Piece>,
  wishes: Wishes,
): void {
  const format = wishes.format === 'pdf' ? 'pdf' : 'csv';
  const shown = (columns ?? columnsOf(begun.rows)).filter((name) => isWished(name, wishes));
  const asked = wishes.fileName ?? fileName;
  const name = asked.endsWith(`.${format}`) ? asked : `${asked}.${format}`;
  context.status = 200;
  context.set('content-disposition', `attachment; filename="${name.replace(/[^\w.-]+/g, '_')}"`);
  context.set('content-type', contentTypes[format]);
  const all = following(begun, pieces);
  const body =
    format === 'pdf'
      ? pdfTable(fileName, shown, all)
      : Readable.from(csvTexts(shown, all), { objectMode: false });
  setBody(context, body);
}

const isWished = (column: string, { fields }: Wishes): boolean =>
  fields?.some((path) => path === column || path.startsWith(`${column}.`)) ?? true;

async function* csvTexts(columns: readonly string[], pieces: AsyncGenerator<Piece>): AsyncGenerator<string> {
  yield csvLines(columns, [], true);
  for await (const { rows } of pieces) if (rows.length > 0) yield csvLines(columns, rows, false);
}
