// Tasks about rates: a ratedeck is written to a file, filled from one, or what a file names is removed (Kazoo's kt_rates).
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import { rate } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { rateOf } from '../carriers/rate-file.ts';
import { deckName } from '../carriers/ratedecks.ts';
import { auditFields, list, type RestRequest, typed } from '../engine/index.ts';
import { type Action, type Output, type Row, rowsOf } from './action.ts';

const columns = Object.keys(rate.fields);
const without = (...names: readonly string[]): string[] => columns.filter((name) => !names.includes(name));

/** Lists are words between semicolons, as in files that are uploaded. */
const cell = (value: unknown): unknown => (Array.isArray(value) ? value.join(';') : value);

const lineOf = (document: object): Output =>
  Object.fromEntries(columns.map((name) => [name, cell((document as Record<string, unknown>)[name])]));

async function* exported(request: RestRequest): AsyncGenerator<Output> {
  const database = request.services.store.database(deckName(undefined));
  const found = await list(
    request,
    database,
    { design: 'rates', view: 'lookup' },
    {
      includeDocs: true,
      show: ({ doc }) => {
        const found = typed(rate, doc);
        return found && lineOf(found);
      },
    },
  );
  yield* rowsOf(found);
}

/** One of the same country and prefix is replaced. */
async function make(request: RestRequest, row: Row): Promise<Output> {
  const deck = await request.services.store.ensure(deckName(row['ratedeck_id']), 'ratedeck');
  const fields = rateOf(row);
  const before = await deck.find(fields._id, { fresh: true });
  await deck.save({ ...before, ...fields, ...auditFields(request), pvt_type: rate.type });
  return lineOf(fields);
}

/** Those of the prefix that have everything else that the line says. */
async function remove(request: RestRequest, row: Row): Promise<Output> {
  const { store } = request.services;
  const name = deckName(row['ratedeck_id']);
  const deck = (await store.exists(name)) ? store.database(name) : undefined;
  const fitting = deck ? (await ofPrefix(deck, Number(row['prefix']))).filter((it) => fits(it, row)) : [];
  if (!deck || fitting.length === 0)
    throw new AppError('not_found', { message: `no such rate for the prefix ${row['prefix']}` });
  for (const { _id } of fitting) await deck.remove(_id);
  return { prefix: row['prefix'], deleted: fitting.length };
}

async function ofPrefix(deck: Database, prefix: number): Promise<StoredDocument[]> {
  const rows = await deck.view('rates', 'lookup', { key: prefix, includeDocs: true, fresh: true });
  return rows.flatMap(({ doc }) => doc ?? []);
}

function fits(document: StoredDocument, row: Row): boolean {
  const line = lineOf(document);
  return without('prefix', 'ratedeck_id').every(
    (name) => row[name] === undefined || String(line[name] ?? '') === row[name],
  );
}

export const rates: Readonly<Record<string, Action>> = {
  export: {
    description: 'Writes the rates of the first ratedeck to a file',
    permission: 'superduper',
    output: columns,
    rows: exported,
  },
  import: {
    description: 'Makes rates, in place of those of the same country and prefix',
    doc: 'A rate stands in the ratedeck that `ratedeck_id` names, or in the first.',
    permission: 'superduper',
    mandatory: ['prefix', 'rate_cost'],
    optional: without('prefix', 'rate_cost'),
    output: columns,
    row: make,
  },
  delete: {
    description: 'Removes rates',
    doc: 'Those of the prefix that have everything else that the line says.',
    permission: 'superduper',
    mandatory: ['prefix'],
    optional: without('prefix'),
    output: ['prefix', 'deleted'],
    row: remove,
  },
};
