// allotments: minutes that an account may use in a period, by kind of number, and what it has used (contract/crossbar.md §6.1).
import { type Static, Type } from '../../../core/contract/index.ts';
import { gregorian, type StoredDocument } from '../../../core/couch/index.ts';
import { limits as document } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  auditFields,
  type DataReply,
  exclusive,
  invalid,
  monthRows,
  operation,
  parameter,
  type RestModule,
  type RestRequest,
  targetDatabase,
  typed,
  type Window,
  windowOf,
} from '../engine/index.ts';
import { cycleAt, cycles } from '../money/cycles.ts';

const allotment = Type.Object({
  amount: Type.Integer({ minimum: 0, description: 'seconds' }),
  cycle: Type.Enum([...cycles]),
  group_consume: Type.Optional(Type.Array(Type.String())),
  increment: Type.Optional(Type.Integer({ minimum: 1 })),
  minimum: Type.Optional(Type.Integer({ minimum: 0 })),
  no_consume_time: Type.Optional(Type.Integer({ minimum: 0 })),
});
const all = Type.Record(Type.String({ pattern: '^\\w+$' }), allotment);
type Allotments = Static<typeof all>;

const time = Type.Optional(Type.Integer({ description: 'Gregorian seconds' }));

export const allotments: RestModule = {
  name: 'allotments',
  summary: 'Minutes that an account may use',
  endpoints: [
    accountEndpoint('allotments', {
      GET: operation('account', 'Minutes by kind of number', read, { reply: all }),
      POST: operation('ancestor', 'Replaces the minutes', replace, { accepts: all, reply: all }),
    }),
    accountEndpoint('allotments/consumed', {
      GET: operation(
        'account',
        'Seconds that were used in the period of now, or between two moments',
        consumed,
        {
          parameters: { created_from: time, created_to: time },
        },
      ),
    }),
  ],
};

async function allotmentsOf(request: RestRequest): Promise<Allotments> {
  const limits = typed(document, await targetDatabase(request).find('limits'));
  const found = limits?.pvt_allotments as Allotments | undefined;
  if (!found || Object.keys(found).length === 0)
    throw new AppError('bad_request', { message: 'allotments are not configured for this account yet' });
  return found;
}

async function read(request: RestRequest): Promise<DataReply> {
  return { data: await allotmentsOf(request) };
}

/** They stand among the limits of the account, as Kazoo has them. */
async function replace(request: RestRequest<Allotments>): Promise<DataReply> {
  const database = targetDatabase(request);
  await exclusive(`${database.name} limits`, async () => {
    const before = typed(document, await database.find('limits', { fresh: true }));
    await database.save({
      ...(before ?? { ...document.accept({}), _id: 'limits', pvt_type: document.type }),
      ...auditFields(request),
      pvt_allotments: request.data,
    } as object as StoredDocument);
  });
  return { data: request.data };
}

/** Between `created_from` and `created_to` when both are given; else in the period of each around the one given, or now. */
async function consumed(request: RestRequest): Promise<DataReply> {
  const [from, to] = ['created_from', 'created_to'].map((name) => moment(request, name));
  const manual = from !== undefined && to !== undefined ? await windowOf(request) : undefined;
  const rows = Object.entries(await allotmentsOf(request)).map(async ([classification, { cycle }]) => {
    const window = manual ?? cycleAt(cycle, from ?? to ?? gregorian());
    const seconds = await secondsOf(request, classification, window);
    const said = { cycle: manual ? 'manual' : cycle, consumed_from: window.from, consumed_to: window.to };
    return [classification, { ...said, consumed: seconds }] as const;
  });
  return { data: Object.fromEntries(await Promise.all(rows)) };
}

function moment(request: RestRequest, name: string): number | undefined {
  const given = parameter(request, name);
  if (given === undefined) return undefined;
  if (/^\d{1,12}$/.test(String(given))) return Number(given);
  throw invalid(name, 'type', 'must be Gregorian seconds', { target: 'integer', value: given });
}

/** More months than any window has. */
const mostMonths = 1_000;

async function secondsOf(request: RestRequest, classification: string, window: Window): Promise<number> {
  const listing = {
    design: 'allotments',
    view: 'consumed',
    prefix: [classification],
    options: { reduce: true },
  };
  const whole = { start: undefined, end: undefined, descending: false };
  const rows = await monthRows(request, listing, window, whole, mostMonths);
  return rows.reduce((sum, { value }) => sum + Number(value), 0);
}
