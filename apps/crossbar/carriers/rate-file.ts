// A ratedeck as a CSV file: checked whole, then written; a rate of the same country and prefix is replaced.
import { Readable } from 'node:stream';
import { CsvError } from 'csv-parse';
import type { Violation } from '../../../core/contract/index.ts';
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import { rate } from '../../../core/documents/index.ts';
import { AppError, toAppError } from '../../../core/errors/index.ts';
import { auditFields, type DataReply, invalid, oneUpload, type RestRequest } from '../engine/index.ts';
import type { Row } from '../tasks/action.ts';
import { csvTypes, readRows } from '../tasks/input.ts';
import { withRoutes } from './routes.ts';

/** Rates that are written at once, and mistakes that are told. */
const together = 500;
const mostViolations = 50;

/** Columns that hold lists: JSON, or words between semicolons. */
const lists = ['direction', 'options', 'routes'];

/** Stores the rates of an uploaded file. Throws `invalid_data` with the line and column of what is wrong; then nothing is stored. */
export async function importRates(request: RestRequest, deck: Database): Promise<DataReply> {
  const rates = await ratesOf(oneUpload(request, csvTypes).body);
  let created = 0;
  for (let at = 0; at < rates.length; at += together) {
    const part = rates.slice(at, at + together);
    const before = await Promise.all(part.map(({ _id }) => deck.find(_id, { fresh: true })));
    const outcome = await deck.saveAll(
      part.map((one, index) => ({
        ...before[index],
        ...one,
        ...auditFields(request),
        pvt_type: rate.type,
      })),
    );
    const failed = outcome.find((one) => one instanceof Error);
    if (failed) throw failed;
    created += before.filter((one) => one === undefined).length;
  }
  return { data: { created, replaced: rates.length - created } };
}

async function ratesOf(csv: Buffer): Promise<StoredDocument[]> {
  const found = new Map<string, StoredDocument>();
  const violations: Violation[] = [];
  let line = 0;
  try {
    for await (const row of readRows(Readable.from([csv], { objectMode: false }))) {
      line += 1;
      try {
        const accepted = rateOf(row);
        found.set(accepted._id, accepted);
      } catch (error) {
        violations.push(...violationsOf(error, line));
        if (violations.length >= mostViolations) break;
      }
    }
  } catch (error) {
    if (error instanceof CsvError) throw invalid('csv', 'format', error.message);
    throw error;
  }
  if (violations.length > 0) throw new AppError('invalid_data', { details: { violations } });
  if (line === 0) throw invalid('csv', 'format', 'the file has no row below its header');
  return [...found.values()];
}

/** The rate of a line, under the id that all of its country and prefix have. Throws `invalid_data`. */
export function rateOf(row: Row): StoredDocument {
  const accepted = withRoutes(rate.accept(fieldsOf(row)));
  return { ...accepted, _id: `${row['iso_country_code'] ?? 'XX'}-${String(accepted['prefix'])}` };
}

function fieldsOf(row: Row): Record<string, unknown> {
  const given = Object.entries(row).filter(
    ([name, value]) => value !== undefined && Object.hasOwn(rate.fields, name),
  );
  return Object.fromEntries(
    given.map(([name, value]) => [name, lists.includes(name) ? listOf(String(value)) : value]),
  );
}

function listOf(text: string): unknown {
  if (!text.startsWith('[')) return text.split(';').map((word) => word.trim());
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function violationsOf(error: unknown, line: number): Violation[] {
  const { details } = toAppError(error);
  if (!Array.isArray(details['violations'])) throw error;
  return (details['violations'] as Violation[]).map((one) => ({ ...one, path: `rows.${line}.${one.path}` }));
}
