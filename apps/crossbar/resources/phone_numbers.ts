// phone_numbers: an account's numbers, one by one or many at once; the inventory; kinds of numbers (contract/crossbar.md §6.4).
import { Type } from '../../../core/contract/index.ts';
import { number as contract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { type Classifier, classify, numbering, toE164 } from '../../../core/telephony/index.ts';
import {
  type AnonymousTarget,
  accountEndpoint,
  caller,
  type DataReply,
  dataObject,
  type Endpoint,
  findAccount,
  invalid,
  type Operation,
  operation,
  parameter,
  pathParameter,
  type RestModule,
  type RestRequest,
  reaches,
} from '../engine/index.ts';
import {
  activateNumber,
  createNumber,
  mergeNumber,
  type NumberAction,
  portNumber,
  readNumber,
  releaseNumber,
  replaceNumber,
  reserveNumber,
  statesFor,
} from '../numbers/actions.ts';
import { longestPrefix, usableCarriers } from '../numbers/carriers.ts';
import { distinct, many, numbersBody } from '../numbers/collection.ts';
import { mendCopies, mendCopy } from '../numbers/copies.ts';
import { availableNumbers, checkNumbers, searchOf } from '../numbers/inventory.ts';
import { listNumbers } from '../numbers/list.ts';
import { findNumber, normal } from '../numbers/numbers.ts';
import { localitiesOf, prefixesOf } from '../numbers/phonebook.ts';

const found = Type.Array(Type.Object({ number: Type.String() }));
const searching = {
  prefix: Type.Optional(Type.String({ description: 'National, or with + and the code of the country' })),
  quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 1 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
  country: Type.Optional(Type.String({ default: 'US', description: 'ISO 3166, two letters' })),
};
const ports = {
  include_ports: Type.Optional(
    Type.Boolean({ default: true, description: 'Whether numbers of open port requests are shown as well' }),
  ),
};
const city = { city: Type.String({ minLength: 1 }) };
const numbersMap = Type.Object({
  numbers: Type.Record(
    Type.String(),
    Type.Object({ state: Type.String(), features: Type.Array(Type.String()) }),
  ),
  cascade_quantity: Type.Integer(),
});
const classifier = Type.Object({
  /** User interfaces restrict calls by it. */
  name: Type.String(),
  friendly_name: Type.String(),
  regex: Type.String(),
  emergency: Type.Optional(Type.Boolean()),
});

export const phone_numbers: RestModule = {
  name: 'phone_numbers',
  summary: 'Numbers of an account',
  endpoints: [
    accountEndpoint('phone_numbers', {
      GET: operation(
        'account',
        'The numbers of an account, by number; with `prefix` the inventory',
        listOrSearch,
        {
          list: true,
          parameters: { ...searching, ...ports },
          reply: Type.Union([numbersMap, found]),
        },
      ),
    }),
    ...aboutNumbers(),
    ...together(),
    ...single(),
    {
      path: '/phone_numbers',
      operations: {
        GET: operation('account', 'Numbers of the inventory', search, {
          anonymous: mayAnybody,
          parameters: searching,
          reply: found,
        }),
      },
    },
    {
      path: '/phone_numbers/prefix',
      operations: {
        GET: operation('account', 'Prefixes of a city', prefixes, {
          anonymous: mayAnybody,
          parameters: city,
        }),
      },
    },
  ],
};

/** What is the same for all numbers, and what others know of them. */
function aboutNumbers(): Endpoint[] {
  return [
    accountEndpoint('phone_numbers/classifiers', {
      GET: operation('account', 'Kinds of numbers', classifiers, {
        reply: Type.Record(Type.String(), classifier),
      }),
    }),
    accountEndpoint('phone_numbers/classifiers/:number', {
      GET: operation('account', 'Which kind a number is of', classifyNumber, { reply: classifier }),
    }),
    accountEndpoint('phone_numbers/carriers_info', {
      GET: operation('account', 'What a search for numbers may ask', carriersInfo, {
        reply: Type.Object({
          maximal_prefix_length: Type.Integer(),
          usable_carriers: Type.Array(Type.String()),
          usable_creation_states: Type.Array(Type.String()),
        }),
      }),
    }),
    accountEndpoint('phone_numbers/prefix', {
      GET: operation('account', 'Prefixes of a city', prefixes, { parameters: city }),
    }),
    accountEndpoint('phone_numbers/locality', {
      POST: operation(
        'account',
        'Places that numbers belong to',
        async ({ services, data: { numbers } }) => ({
          data: await localitiesOf(services, distinct(numbers).map(normal)),
        }),
        { accepts: numbersBody },
      ),
    }),
    accountEndpoint('phone_numbers/check', {
      POST: operation(
        'account',
        'Whether numbers can be had',
        async (request) => ({
          data: await checkNumbers(request, distinct(request.data.numbers).map(normal)),
        }),
        { accepts: numbersBody, reply: Type.Record(Type.String(), Type.Enum(['success', 'error'])) },
      ),
    }),
  ];
}

/** Many at once. */
function together(): Endpoint[] {
  return [
    accountEndpoint('phone_numbers/collection', {
      PUT: many('Creates or assigns numbers', createNumber),
      POST: many('Replaces the public fields of numbers', replaceNumber),
      PATCH: many('Merges into numbers', mergeNumber),
      DELETE: many('Releases numbers', releaseNumber),
    }),
    accountEndpoint('phone_numbers/collection/activate', {
      PUT: many('Puts numbers into service', activateNumber),
    }),
    accountEndpoint('phone_numbers/fix', {
      POST: operation('admin', 'Brings the copies of all numbers of the account up to date', fixAll, {
        reply: numbersMap,
      }),
    }),
    accountEndpoint('phone_numbers/fix/:number', {
      POST: operation('admin', 'Brings the copy of a number up to date', async (request) => {
        await mendCopy(request, normal(pathParameter(request, 'number')));
        return { data: {} };
      }),
    }),
  ];
}

/** One number. */
function single(): Endpoint[] {
  return [
    accountEndpoint('phone_numbers/:number', {
      GET: one('account', 'A number', readNumber, ports),
      PUT: one('admin', 'Creates or assigns a number', createNumber),
      POST: one('admin', 'Replaces the public fields of a number', replaceNumber),
      PATCH: one('admin', 'Merges into a number', mergeNumber),
      DELETE: one('admin', 'Releases a number', releaseNumber, {
        hard: Type.Optional(Type.Boolean({ description: 'Removes it for good: superdupers only' })),
      }),
    }),
    accountEndpoint('phone_numbers/:number/activate', {
      PUT: one('admin', 'Puts a number into service', activateNumber),
    }),
    accountEndpoint('phone_numbers/:number/reserve', {
      PUT: one('admin', 'Reserves a number', reserveNumber),
    }),
    accountEndpoint('phone_numbers/:number/port', {
      PUT: one('admin', 'Makes a number that is on its way from another carrier', portNumber),
    }),
    accountEndpoint('phone_numbers/:number/identify', {
      GET: operation('account', 'Whose number it is', identify, {
        reply: Type.Object({ account_id: Type.String(), number: Type.String() }),
      }),
    }),
  ];
}

function one(
  permission: Operation['permission'],
  summary: string,
  act: NumberAction,
  parameters?: NonNullable<Operation['parameters']>,
): Operation {
  const run = async (request: RestRequest): Promise<DataReply> => {
    const number = normal(pathParameter(request, 'number'));
    const data = await act(request, number, dataObject(request));
    return request.verb === 'PUT' ? { data, location: encodeURIComponent(number) } : { data };
  };
  const { schema } = contract;
  const isRead = act === readNumber || act === releaseNumber;
  return operation(permission, summary, run, {
    reply: schema,
    ...(!isRead && { body: schema }),
    ...(parameters && { parameters }),
  });
}

async function listOrSearch(request: RestRequest): Promise<DataReply> {
  return parameter(request, 'prefix') === undefined ? listNumbers(request) : search(request);
}

async function search(request: RestRequest): Promise<DataReply> {
  return { data: await availableNumbers(request, searchOf(request)) };
}

/** Whether who has no token may search as well. */
function mayAnybody({ services }: AnonymousTarget): Promise<boolean> {
  return services.systemConfig.get('number_manager', 'unauthorized_numbers_lookup', false);
}

async function prefixes(request: RestRequest): Promise<DataReply> {
  const city = parameter(request, 'city');
  if (typeof city !== 'string' || city === '') throw invalid('city', 'required', 'city must be given');
  return { data: await prefixesOf(request.services, city) };
}

async function fixAll(request: RestRequest): Promise<DataReply> {
  await mendCopies(request);
  return listNumbers(request);
}

/** For those who reach the account that has the number; others learn no more than that they do not. */
async function identify(request: RestRequest): Promise<DataReply> {
  const number = normal(pathParameter(request, 'number'));
  const owner = (await findNumber(request.services, number))?.pvt_assigned_to;
  const account = owner === undefined ? undefined : await findAccount(request.services.store, owner);
  if (!account || !reaches(caller(request), account))
    throw new AppError('not_found', { message: `number ${number} not found`, details: { number } });
  return { data: { account_id: account._id, number } };
}

async function classifiers({ services }: RestRequest): Promise<DataReply> {
  const { classifiers: known } = await numbering(services.systemConfig);
  return { data: Object.fromEntries(known.map((one) => [one.name, shownClassifier(one)])) };
}

async function classifyNumber(request: RestRequest): Promise<DataReply> {
  const number = pathParameter(request, 'number');
  const settings = await numbering(request.services.systemConfig);
  const found = classify(number, settings, settings.classifiers);
  const base = { number, e164: toE164(number, settings) };
  return { data: found ? { ...base, ...shownClassifier(found) } : base };
}

function shownClassifier({ name, friendlyName, pattern, emergency }: Classifier): Record<string, unknown> {
  return { name, friendly_name: friendlyName, regex: pattern.source, ...(emergency && { emergency }) };
}

async function carriersInfo(request: RestRequest): Promise<DataReply> {
  return {
    data: {
      maximal_prefix_length: longestPrefix,
      usable_carriers: usableCarriers,
      usable_creation_states: statesFor(caller(request)),
    },
  };
}
