// Tasks about numbers: what the REST operations of phone_numbers do with one, for many (Kazoo's kt_numbers).
import { accountDatabase, type Database } from '../../../core/couch/index.ts';
import { number as contract, numberStates } from '../../../core/documents/number.ts';
import { AppError, hasCode } from '../../../core/errors/index.ts';
import { listDescendants } from '../accounts/tree.ts';
import {
  type AccountDocument,
  caller,
  findAccount,
  list,
  type RestRequest,
  reaches,
  targetAccount,
  typed,
} from '../engine/index.ts';
import {
  activateNumber,
  createNumber,
  mergeNumber,
  type NumberAction,
  releaseNumber,
  replaceNumber,
  reserveNumber,
} from '../numbers/actions.ts';
import { findNumber, normal } from '../numbers/numbers.ts';
import { type Action, type Output, type Row, type RowAction, rowsOf, type SourceAction } from './action.ts';
import { fieldsOf, lineOf, numberColumns, publicColumns } from './number-columns.ts';

/** The numbers of a database, by a view that names them. */
async function* numbersIn(
  request: RestRequest,
  database: Database,
  view: string,
  prefix?: readonly string[],
): AsyncGenerator<Output> {
  const listing = { design: 'numbers', view };
  const found = await list(request, database, listing, {
    ...(prefix && { prefix }),
    includeDocs: true,
    showAll: (rows) =>
      Promise.all(
        rows.map(async ({ doc }) => {
          const number = typed(contract, doc);
          return number && lineOf(request, number);
        }),
      ),
  });
  yield* rowsOf(found);
}

const ofAccount = (request: RestRequest, account: string) =>
  numbersIn(request, request.services.store.database(accountDatabase(account)), 'list_by_number');

async function* ofTree(request: RestRequest): AsyncGenerator<Output> {
  yield* ofAccount(request, targetAccount(request)._id);
  for await (const { id } of rowsOf(await listDescendants(request))) yield* ofAccount(request, String(id));
}

async function* ofSystem(request: RestRequest, state?: string): AsyncGenerator<Output> {
  const { store } = request.services;
  for (const name of (await store.list('numbers/')).sort())
    yield* numbersIn(request, store.database(name), 'status', state === undefined ? undefined : [state]);
}

const source = (
  description: string,
  permission: SourceAction['permission'],
  rows: SourceAction['rows'],
): SourceAction => ({ description, permission, output: numberColumns, rows });

const e164Of = ({ e164 = '' }: Row): string => normal(e164);

/** The request as one about another account. Rejects with `bad_identifier` for one out of reach. */
async function about(request: RestRequest, id: string | undefined): Promise<RestRequest> {
  if (id === undefined) return request;
  const account = await findAccount(request.services.store, id);
  if (!account || !reaches(caller(request), account))
    throw new AppError('bad_identifier', { message: `there is no account ${id}` });
  return withAccount(request, account);
}

const withAccount = (request: RestRequest, account: AccountDocument): RestRequest => ({
  ...request,
  params: { ...request.params, account_id: account._id },
  account,
});

/** The request as one about the account that has the number. Rejects with `not_found` for one out of reach. */
async function aboutOwner(request: RestRequest, e164: string): Promise<RestRequest> {
  const owner = (await findNumber(request.services, e164))?.pvt_assigned_to;
  const account = owner === undefined ? undefined : await findAccount(request.services.store, owner);
  if (!account || !reaches(caller(request), account))
    throw new AppError('not_found', { message: `number ${e164} not found` });
  return withAccount(request, account);
}

/** What became of the number. */
async function lineAfter(request: RestRequest, e164: string): Promise<Output> {
  const number = await findNumber(request.services, e164);
  return number ? lineOf(request, number) : { e164, state: 'deleted' };
}

/** For the account that a line names. */
const forAccount =
  (act: NumberAction, dataOf: (row: Row) => Record<string, unknown> = () => ({})): RowAction['row'] =>
  async (request, row) => {
    const e164 = e164Of(row);
    await act(await about(request, row['account_id']), e164, dataOf(row));
    return lineAfter(request, e164);
  };

/** For the account that has the number. */
const forOwner =
  (act: NumberAction, query: Readonly<Record<string, string>> = {}): RowAction['row'] =>
  async (request, row) => {
    const e164 = e164Of(row);
    const owned = await aboutOwner(request, e164);
    await act({ ...owned, query: { ...owned.query, ...query } }, e164, fieldsOf(row));
    return lineAfter(request, e164);
  };

const reserve: NumberAction = async (request, e164, data) => {
  try {
    return await reserveNumber(request, e164, data);
  } catch (error) {
    if (!hasCode(error, 'not_found') || (await findNumber(request.services, e164))) throw error;
    return createNumber(request, e164, { ...data, create_with_state: 'reserved' });
  }
};

function rows(
  description: string,
  row: RowAction['row'],
  { optional = [], permission = 'admin', ...more }: Partial<RowAction> = {},
): RowAction {
  return { description, permission, mandatory: ['e164'], optional, output: numberColumns, row, ...more };
}

const imported = (row: Row): Record<string, unknown> => ({
  ...fieldsOf(row),
  ...(row['state'] !== undefined && { create_with_state: row['state'] }),
  ...(row['carrier_module'] !== undefined && { carrier_name: row['carrier_module'] }),
});

export const number_management: Readonly<Record<string, Action>> = {
  list: source('Lists the numbers of the account', 'admin', (request) =>
    ofAccount(request, targetAccount(request)._id),
  ),
  list_all: source('Lists the numbers of the account and of all accounts below it', 'admin', ofTree),
  find: rows(
    'Lists the given numbers as far as the account reaches them',
    async (request, row) => {
      const e164 = e164Of(row);
      await aboutOwner(request, e164);
      return lineAfter(request, e164);
    },
    { changes: false },
  ),
  dump: source('Lists all numbers of the system', 'superduper', (request) => ofSystem(request)),
  ...Object.fromEntries(
    numberStates.map((state): [string, Action] => [
      `dump_${state}`,
      source(`Lists all numbers of the system that are ${state}`, 'superduper', (it) => ofSystem(it, state)),
    ]),
  ),
  import: rows('Makes numbers', forAccount(createNumber, imported), {
    doc: 'A number without `account_id` is for the account of the task. `opaque.a.b` sets the public field `b` of `a`.',
    optional: numberColumns.filter((name) => name !== 'e164'),
  }),
  assign_to: rows('Puts numbers into service for an account', forAccount(activateNumber), {
    optional: ['account_id'],
  }),
  update_merge: rows('Changes numbers; what is empty stays', forOwner(mergeNumber), {
    optional: publicColumns,
  }),
  update_overwrite: rows('Changes numbers; what is empty is removed', forOwner(replaceNumber), {
    optional: publicColumns,
  }),
  release: rows('Gives numbers back', forOwner(releaseNumber)),
  reserve: rows('Reserves numbers, and makes those that are missing', forAccount(reserve), {
    optional: ['account_id'],
  }),
  delete: rows('Removes numbers for good', forOwner(releaseNumber, { hard: 'true' }), {
    permission: 'superduper',
  }),
};
