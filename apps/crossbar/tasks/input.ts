// The file that a task works through: checked before it is stored, and read row by row.
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { AppError } from '../../../core/errors/index.ts';
import { columnsOf, plainCsv } from '../engine/csv.ts';
import { invalid, oneUpload, type RestRequest } from '../engine/index.ts';
import { type Action, type Row, takesRows } from './action.ts';

/** What a file may be sent as; the base64 of it too. */
export const csvTypes = /^(text\/(csv|comma-separated-values)|application\/(octet-stream|(x-)?base64))$/;

/** Longest line that is read, in bytes: a file without ends of lines must not fill the memory. */
const longestRow = 131_072;
/** Rows of which an error says that something is missing in them. */
const mostNamed = 20;

export interface Input {
  readonly csv: Buffer;
  readonly rows: number;
}

/**
 * The file of a request, or its `records` as one; undefined for an action that takes none. Throws `invalid_data`
 * (`csv.format`) for what is no CSV, `bad_request` for what does not fit the action (Kazoo's keys).
 */
export async function inputOf(
  request: RestRequest<{ readonly records?: readonly object[] }>,
  action: Action,
): Promise<Input | undefined> {
  const { records } = request.data;
  const given = request.uploads.length > 0 || records !== undefined;
  if (given !== takesRows(action)) throw unfit({ expected_content: takesRows(action) ? 'text/csv' : 'none' });
  if (!takesRows(action)) return undefined;
  const csv = records ? fromRecords(records) : oneUpload(request, csvTypes).body;
  return { csv, rows: await checked(csv, action.mandatory) };
}

function fromRecords(records: readonly object[]): Buffer {
  if (records.length === 0) throw invalid('records', 'minItems', 'there is no record', { target: 1 });
  return Buffer.from(plainCsv(columnsOf(records), records));
}

const unfit = (data: object): AppError => new AppError('bad_request', { details: { data } });

/** How many rows there are; each must have what is mandatory. */
async function checked(csv: Buffer, mandatory: readonly string[]): Promise<number> {
  const incomplete: number[] = [];
  let rows = 0;
  try {
    for await (const row of readRows(Readable.from([csv], { objectMode: false }))) {
      rows += 1;
      const missing = rows === 1 ? mandatory.filter((name) => !Object.hasOwn(row, name)) : [];
      if (missing.length > 0) throw unfit({ missing_mandatory_fields: missing });
      if (mandatory.some((name) => row[name] === undefined) && incomplete.length < mostNamed)
        incomplete.push(rows);
    }
  } catch (error) {
    if (error instanceof CsvError) throw invalid('csv', 'format', error.message);
    throw error;
  }
  if (rows === 0) throw invalid('csv', 'format', 'the file has no row below its header');
  if (incomplete.length > 0) throw unfit({ missing_mandatory_values: incomplete });
  return rows;
}

/** The rows of a CSV file (RFC 4180) under its header, one at a time. Throws `CsvError` with the line of a mistake. */
export async function* readRows(csv: Readable): AsyncGenerator<Row> {
  const parser = parse({
    bom: true,
    columns: (names: string[]) => names.map((name) => name.trim()),
    max_record_size: longestRow,
    // Files that went through several hands have them mixed.
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    trim: true,
  });
  csv.on('error', (error) => parser.destroy(error));
  csv.pipe(parser);
  try {
    for await (const row of parser as AsyncIterable<Record<string, string>>)
      yield Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value || undefined]));
  } finally {
    csv.destroy();
  }
}
