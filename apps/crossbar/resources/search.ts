// search: accounts, users, devices and callflows by the beginning of a name or number.

import { Type } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import {
  accountEndpoint,
  caller,
  type DataReply,
  invalid,
  type ListReply,
  list,
  operation,
  parameter,
  type RestModule,
  type RestRequest,
  targetDatabase,
} from '../engine/index.ts';

const searchable = ['account', 'user', 'callflow', 'device'];
const inAccounts = ['name', 'realm', 'id'];
const inAccount = ['name', 'number', 'name_and_number'];

const one = {
  list: true,
  parameters: {
    t: Type.Enum(searchable, { description: 'the type of document' }),
    q: Type.Enum([...new Set([...inAccounts, ...inAccount])], { description: 'what is searched' }),
    v: Type.String({ description: 'how it begins; letters and digits count' }),
  },
};
const several = {
  parameters: {
    t: one.parameters.t,
    ...Object.fromEntries(one.parameters.q.enum.map((q) => [`by_${q}`, Type.Optional(Type.String())])),
  },
};

export const search: RestModule = {
  name: 'search',
  summary: 'Search by the beginning of a name or number',
  endpoints: [
    { path: '/search', operations: { GET: operation('account', 'Searches', single, one) } },
    { path: '/search/multi', operations: { GET: operation('account', 'Several searches', multi, several) } },
    accountEndpoint('search', { GET: operation('account', 'Searches', single, one) }),
    accountEndpoint('search/multi', { GET: operation('account', 'Several searches', multi, several) }),
  ],
};

/** Where a type of document is searched, and the beginning of the keys there. */
interface Place {
  readonly database: Database;
  readonly prefix: readonly string[];
  readonly queries: readonly string[];
}

function placeOf(request: RestRequest): Place {
  const type = parameter(request, 't');
  if (type === undefined) throw invalid('t', 'required', 'say what to search', { target: searchable });
  if (!searchable.includes(String(type)))
    throw invalid('t', 'enum', 'there is no search for this', { target: searchable, value: type });
  if (type === 'account') {
    // Below the caller, whatever account is in the path.
    const prefix = [caller(request).account._id, 'account'];
    return { database: request.services.store.database('accounts'), prefix, queries: inAccounts };
  }
  const database = request.account
    ? targetDatabase(request)
    : request.services.store.database(caller(request).account._id);
  return { database, prefix: [String(type)], queries: inAccount };
}

async function single(request: RestRequest): Promise<ListReply> {
  const place = placeOf(request);
  const query = parameter(request, 'q');
  if (query === undefined) throw invalid('q', 'required', 'say where to search', { target: place.queries });
  const value = parameter(request, 'v');
  if (value === undefined) throw invalid('v', 'required', 'say what to search for');
  const { view, start, end } = rangeOf(place, 'q', String(query), String(value));
  return list(
    request,
    place.database,
    { design: 'search', view },
    { prefix: place.prefix, low: start, high: end },
  );
}

async function multi(request: RestRequest): Promise<DataReply> {
  const place = placeOf(request);
  const asked = Object.entries(request.query).filter(([name]) => name.startsWith('by_'));
  if (asked.length === 0) throw invalid('multi', 'enum', 'say what to search for', { target: place.queries });
  const found = asked.map(async ([name, value]) => {
    const query = name.slice('by_'.length);
    const { view, start, end } = rangeOf(place, 'q', query, value);
    const rows = await place.database.view('search', view, { startKey: start, endKey: end, limit: 200 });
    return [query, rows.map((row) => row.value)] as const;
  });
  return { data: Object.fromEntries(await Promise.all(found)) };
}

/** The part of the view whose keys begin so. */
function rangeOf({ prefix, queries }: Place, field: string, query: string, value: string) {
  if (!queries.includes(query))
    throw invalid(field, 'enum', 'this cannot be searched', { target: queries, cause: query });
  const plain = value.toLowerCase().replace(/[^a-z0-9]/g, '');
  // Keys are lower case letters and digits.
  return {
    view: `search_by_${query}`,
    start: [...prefix, plain],
    end: [...prefix, `${plain}\ufff0`],
  };
}
