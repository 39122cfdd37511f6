// ledgers: what an account was credited and debited, by service and month (contract/crossbar.md §6.5).
import { isRecord, Type } from '../../../core/contract/index.ts';
import { accountDatabase } from '../../../core/couch/index.ts';
import { ledger as document } from '../../../core/documents/index.ts';
import { AppError, hasCode } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  type DataReply,
  flag,
  getAccount,
  loadOfMonth,
  missing,
  monthList,
  monthRows,
  operation,
  pathParameter,
  type Reply,
  type RestModule,
  type RestRequest,
  resellerOf,
  targetAccount,
  typed,
  windowOf,
} from '../engine/index.ts';
import { balanceOf, type Entry, enter, shownEntry, sumOf } from '../money/ledgers.ts';

const range = { created_from: Type.Optional(Type.Integer()), created_to: Type.Optional(Type.Integer()) };
const entry = Type.Object({ ...document.fields, amount: Type.Number({ minimum: 1 }) });
const more = { impact_reseller: Type.Optional(Type.Boolean()) };

/** What Kazoo knows; others are named in `system_config/ledgers`. */
const usualLedgers = [
  { name: 'per-minute-voip', friendly_name: 'Per Minute VoIP', markup_type: ['percentage'] },
  { name: 'services', friendly_name: 'Monthly Recurring Services', markup_type: [] },
  { name: 'payments', friendly_name: 'Payments', markup_type: [] },
  { name: 'rollovers', friendly_name: 'Monthly Rollover', markup_type: [] },
];

const change = (kind: 'credit' | 'debit', summary: string) =>
  // An account gives itself no money: whoever sells to it does.
  operation('ancestor', summary, (request: RestRequest<Entry>) => put(request, kind), {
    accepts: entry,
    parameters: more,
    reply: document.schema,
  });

export const ledgers: RestModule = {
  name: 'ledgers',
  summary: 'What an account was credited and debited',
  endpoints: [
    accountEndpoint('ledgers', {
      GET: operation('admin', 'Amount and usage by service', sums, { parameters: range }),
    }),
    accountEndpoint('ledgers/total', {
      GET: operation('admin', 'What the account has, in dollars', async ({ services, ...request }) => ({
        data: { amount: await balanceOf(services.store, targetAccount({ services, ...request })._id) },
      })),
    }),
    accountEndpoint('ledgers/available', {
      GET: operation('admin', 'Names of ledgers', async ({ services }) => ({
        data: await services.systemConfig.get('ledgers', 'registered_ledgers', usualLedgers),
      })),
    }),
    accountEndpoint('ledgers/credit', { PUT: change('credit', 'Credits the account') }),
    accountEndpoint('ledgers/debit', { PUT: change('debit', 'Debits the account') }),
    accountEndpoint('ledgers/summary/:month', {
      GET: operation('admin', 'A month by service, and by the account that caused it', monthSummary),
    }),
    accountEndpoint('ledgers/:source', {
      GET: operation('admin', 'Entries of a service', listSource, { list: true, parameters: range }),
    }),
    accountEndpoint('ledgers/:source/:id', {
      GET: operation('admin', 'An entry', readEntry, { reply: document.schema }),
    }),
  ],
};

/** More months than any window has. */
const mostMonths = 1_000;

async function sums(request: RestRequest): Promise<DataReply> {
  const listing = {
    design: 'ledgers',
    view: 'list_by_timestamp',
    plainKey: true,
    options: { reduce: true },
  };
  const whole = { start: undefined, end: undefined, descending: false };
  const rows = await monthRows(request, listing, await windowOf(request), whole, mostMonths);
  return { data: sumOf(rows.map(({ value }) => value)) };
}

function listSource(request: RestRequest): Promise<Reply> {
  return monthList(request, {
    design: 'ledgers',
    view: 'list_by_source',
    prefix: [pathParameter(request, 'source')],
    options: { includeDocs: true },
    show: ({ doc }) => {
      const found = typed(document, doc);
      return found && shownEntry(found);
    },
    fileName: 'ledgers',
  });
}

async function readEntry(request: RestRequest): Promise<DataReply> {
  const id = pathParameter(request, 'id');
  const found = await loadOfMonth(request, document, id);
  if (found.source.service !== pathParameter(request, 'source')) throw missing(id);
  return { data: shownEntry(found), revision: found._rev };
}

/** A month without a database is one in which nothing happened. */
async function monthSummary(request: RestRequest): Promise<DataReply> {
  const month = pathParameter(request, 'month');
  if (!/^\d{4}(0[1-9]|1[0-2])$/.test(month)) throw missing(month);
  const database = request.services.store.database(`${accountDatabase(targetAccount(request)._id)}-${month}`);
  const view = (name: string, options: object) =>
    database.view('ledgers', name, { ...options, fresh: true }).catch((error: unknown) => {
      if (hasCode(error, 'datastore_missing')) return [];
      throw error;
    });
  const [total, accounts] = await Promise.all([
    view('list_by_timestamp', { reduce: true }),
    view('summary_by_account', { groupLevel: 1 }),
  ]);
  return {
    data: {
      summary: sumOf(total.map(({ value }) => value)),
      breakdown: accounts.map(({ key, value }) => {
        const { account_name: name, ledgers } = isRecord(value) ? value : {};
        const sum = sumOf([ledgers]);
        return {
          account: { id: (key as unknown[])[0], name },
          ledgers: sum,
          total: Object.values(sum).reduce((all, { amount }) => all + amount, 0),
        };
      }),
    },
  };
}

/**
 * Enters it; with `impact_reseller` into the ledgers of the reseller as well. What stands in one of both already, because
 * whoever asked first had no answer, is entered in the other. Rejects with `datastore_conflict` when nothing is left to do.
 */
async function put(request: RestRequest<Entry>, kind: 'credit' | 'debit'): Promise<DataReply> {
  const { store } = request.services;
  const account = targetAccount(request);
  const resellerId = resellerOf(account);
  const isShared = flag(request, 'impact_reseller') && resellerId !== account._id;
  const into = isShared ? [account, await getAccount(store, resellerId)] : [account];
  const entered = [];
  for (const one of into)
    entered.push({ one, ...(await enter(request, kind, request.data, { about: account, into: one })) });
  const [first] = entered;
  if (!first || !entered.some(({ isNew }) => isNew))
    throw new AppError('datastore_conflict', {
      message: 'the same was entered this month already: another entry needs another source.id or period',
    });
  const location = first.entry._id;
  if (!isShared) return { location, data: shownEntry(first.entry) };
  const halves = entered.map(async ({ one, entry: it }) => [
    one._id,
    {
      ledger: shownEntry(it),
      available_dollars: await balanceOf(store, one._id),
      is_reseller: one.pvt_reseller === true,
    },
  ]);
  return { location, data: Object.fromEntries(await Promise.all(halves)) };
}
