// rates: what calls cost, in one ratedeck or several; uploaded as CSV, and asked for one number (contract/crossbar.md §6.4).
import { resource, type TProperties, Type } from '../../../core/contract/index.ts';
import { rate } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { findE164 } from '../../../core/telephony/index.ts';
import { importRates } from '../carriers/rate-file.ts';
import { chooseDeck, deckOf, decks, defaultDeck } from '../carriers/ratedecks.ts';
import { chooseRate, rated, ratesFor } from '../carriers/rating.ts';
import { withRoutes } from '../carriers/routes.ts';
import {
  type DataReply,
  type Endpoint,
  invalid,
  list,
  type Operation,
  operation,
  parameter,
  pathParameter,
  plainEndpoints,
  publicPart,
  type Reply,
  type RestModule,
  type RestRequest,
} from '../engine/index.ts';
import { csvTypes } from '../tasks/input.ts';

const summary = 'What calls cost';
const verbs = {
  collection: { GET: 'superduper', PUT: 'superduper' },
  item: { GET: 'superduper', POST: 'superduper', PATCH: 'superduper', DELETE: 'superduper' },
} as const;
const listing = { design: 'rates', view: 'crossbar_listing' };
const deck: TProperties = { ratedeck_id: Type.Optional(Type.String()) };
const asked: TProperties = {
  ...deck,
  direction: Type.Optional(Type.Enum(['inbound', 'outbound'])),
  caller_id_number: Type.Optional(Type.String()),
};
const imported = Type.Object({ created: Type.Integer(), replaced: Type.Integer() });
const answered = Type.Object({
  'Base-Cost': Type.Number(),
  'E164-Number': Type.String(),
  Prefix: Type.String(),
  Rate: Type.Number(),
  'Rate-Increment': Type.Integer(),
  'Rate-Minimum': Type.Integer(),
  'Ratedeck-ID': Type.String(),
  Surcharge: Type.Number(),
});

const generic = plainEndpoints(
  resource({
    path: 'rates',
    summary,
    document: rate,
    verbs: { collection: {}, item: {} },
    listing,
    example: { prefix: 1415, rate_cost: 0.02 },
    system: { database: 'ratedeck', verbs, choose: chooseDeck },
    validate: async (_: RestRequest, next) => {
      Object.assign(next, withRoutes(next));
    },
  }),
).filter(({ path }) => path.startsWith('/rates'));

export const rates: RestModule = {
  name: 'rates',
  summary,
  endpoints: [
    ...generic.map(withFiles),
    {
      path: '/rates/ratedecks',
      operations: {
        GET: operation(
          'superduper',
          'Ratedecks, and which is the default',
          async (request) => ({
            data: { default_ratedeck: await defaultDeck(request), ratedecks: await decks(request) },
          }),
          {
            reply: Type.Object({
              default_ratedeck: Type.String(),
              ratedecks: Type.Array(Type.String()),
            }),
          },
        ),
      },
    },
    ...['/rates', '/accounts/:account_id/rates'].map((path) => ({
      path: `${path}/number/:number`,
      operations: {
        GET: operation('account', 'What a call to a number costs', rateNumber, {
          parameters: asked,
          reply: answered,
        }),
      },
    })),
  ],
};

/** The collection takes files as well, and is searched by prefix. */
function withFiles(endpoint: Endpoint): Endpoint {
  const { path, operations } = endpoint;
  if (path !== '/rates') return { path, operations: described(operations) };
  const { PUT } = operations;
  return {
    path,
    operations: {
      ...described(operations),
      GET: operation('superduper', summary, listRates, {
        list: true,
        parameters: { ...deck, prefix: Type.Optional(Type.String()) },
      }),
      ...(PUT && {
        PUT: {
          ...PUT,
          parameters: deck,
          uploads: csvTypes,
          run: (request: RestRequest) => (request.uploads.length > 0 ? upload(request) : PUT.run(request)),
        },
      }),
      POST: operation('superduper', 'Uploads rates as CSV, in place of those of the same prefix', upload, {
        parameters: deck,
        uploads: csvTypes,
        reply: imported,
      }),
    },
  };
}

function described(operations: Endpoint['operations']): Endpoint['operations'] {
  const entries = Object.entries(operations) as [string, Operation][];
  return Object.fromEntries(entries.map(([verb, one]) => [verb, { ...one, parameters: deck }]));
}

async function upload(request: RestRequest): Promise<Reply> {
  return importRates(request, await deckOf(request));
}

/** All rates in short, or those whole that a number with this prefix could have. */
async function listRates(request: RestRequest): Promise<Reply> {
  const database = await deckOf(request);
  const prefix = parameter(request, 'prefix');
  if (prefix === undefined) return list(request, database, listing, { fileName: 'rates' });
  if (!/^\+?\d{1,15}$/.test(String(prefix)))
    throw invalid('prefix', 'pattern', 'must be digits', { value: prefix });
  return { data: (await ratesFor(database, String(prefix))).map(publicPart) };
}

/** By the deck that is asked for, or the default one. */
async function rateNumber(request: RestRequest): Promise<DataReply> {
  const given = pathParameter(request, 'number');
  const number = findE164(given);
  if (number === undefined)
    throw new AppError('bad_identifier', { message: 'not a number', details: { cause: given } });
  const name =
    parameter(request, 'ratedeck_id') === undefined ? await defaultDeck(request) : await chooseDeck(request);
  const { store } = request.services;
  const rates = (await store.exists(name)) ? await ratesFor(store.database(name), number) : [];
  const text = (key: string): string | undefined => {
    const value = parameter(request, key);
    return value === undefined ? undefined : String(value);
  };
  const found = chooseRate(rates, {
    number,
    direction: text('direction'),
    callerId: text('caller_id_number'),
  });
  if (!found)
    throw new AppError('not_found', { message: 'no rate found for this number', details: { cause: number } });
  return { data: rated(found, number, name) };
}
