// phone_numbers: an account's numbers, one by one or many at once; the pool; kinds of numbers (contract/crossbar.md §6.4).
import { AppError, toAppError } from '../../../core/errors/index.ts';
import { type Classifier, classify, defaultClassifiers } from '../../../core/telephony/index.ts';
import {
  accountEndpoint,
  caller,
  type DataReply,
  dataObject,
  type Endpoint,
  findAccount,
  gathered,
  invalid,
  list,
  type Operation,
  operation,
  parameter,
  pathParameter,
  type RestModule,
  type RestRequest,
  reaches,
  targetDatabase,
} from '../engine/index.ts';
import {
  activateNumber,
  availableNumbers,
  createNumber,
  creationStates,
  identifyNumber,
  mergeNumber,
  type NumberAction,
  numbersOf,
  readNumber,
  releaseNumber,
  replaceNumber,
  reserveNumber,
} from '../numbers/actions.ts';
import { normal } from '../numbers/numbers.ts';

const summary = 'Numbers of an account';

/** Most numbers that one request may touch. */
const mostNumbers = 500;

export const phone_numbers: RestModule = {
  name: 'phone_numbers',
  summary,
  endpoints: [
    accountEndpoint('phone_numbers', {
      GET: operation('account', 'The numbers of an account, by number', listNumbers, { list: true }),
    }),
    accountEndpoint('phone_numbers/classifiers', {
      GET: operation('account', 'Kinds of numbers', classifiers),
    }),
    accountEndpoint('phone_numbers/classifiers/:number', {
      GET: operation('account', 'Which kind a number is of', classifyNumber),
    }),
    accountEndpoint('phone_numbers/carriers_info', {
      GET: operation('account', 'What a search for numbers may ask', carriersInfo),
    }),
    accountEndpoint('phone_numbers/collection', {
      PUT: many('Creates or assigns numbers', createNumber),
      POST: many('Replaces the public fields of numbers', replaceNumber),
      PATCH: many('Merges into numbers', mergeNumber),
      DELETE: many('Releases numbers', releaseNumber),
    }),
    accountEndpoint('phone_numbers/collection/activate', {
      PUT: many('Puts numbers into service', activateNumber),
    }),
    accountEndpoint('phone_numbers/:number', {
      GET: one('account', 'A number', readNumber),
      PUT: one('admin', 'Creates or assigns a number', createNumber),
      POST: one('admin', 'Replaces the public fields of a number', replaceNumber),
      PATCH: one('admin', 'Merges into a number', mergeNumber),
      DELETE: one('admin', 'Releases a number', releaseNumber),
    }),
    accountEndpoint('phone_numbers/:number/activate', {
      PUT: one('admin', 'Puts a number into service', activateNumber),
    }),
    accountEndpoint('phone_numbers/:number/reserve', {
      PUT: one('admin', 'Reserves a number', reserveNumber),
    }),
    accountEndpoint('phone_numbers/:number/identify', {
      GET: operation('account', 'Whose number it is', identify),
    }),
    {
      path: '/phone_numbers',
      operations: { GET: operation('account', 'Numbers of the pool', search) },
    } satisfies Endpoint,
  ],
};

function one(permission: Operation['permission'], summary: string, act: NumberAction): Operation {
  return operation(permission, summary, async (request) => {
    const number = normal(pathParameter(request, 'number'));
    const data = await act(request, number, dataObject(request));
    return request.verb === 'PUT' ? { data, location: encodeURIComponent(number) } : { data };
  });
}

/** Every number for itself: what succeeded, and why the rest did not. */
function many(summary: string, act: NumberAction): Operation {
  return operation('admin', summary, async (request) => {
    const { numbers: _, ...fields } = dataObject(request);
    const given = numbersOf(request.data);
    if (!given?.length) throw invalid('numbers', 'required', 'numbers must be a list of numbers');
    if (given.length > mostNumbers)
      throw invalid('numbers', 'maxItems', `at most ${mostNumbers} numbers at once`, { target: mostNumbers });
    const success: [string, unknown][] = [];
    const failed: [string, unknown][] = [];
    for (const number of given) {
      try {
        const e164 = normal(number);
        success.push([e164, await act(request, e164, fields)]);
      } catch (thrown) {
        const { code, status, message } = toAppError(thrown);
        if (status >= 500) throw thrown;
        failed.push([number, { code: status, error: code, cause: number, message }]);
      }
    }
    const outcome = {
      ...(success.length > 0 && { success: Object.fromEntries(success) }),
      ...(failed.length > 0 && { error: Object.fromEntries(failed) }),
    };
    return success.length > 0 ? { data: outcome } : { data: outcome, status: 400 };
  });
}

/** A map by number; with `prefix`, numbers of the pool instead. */
async function listNumbers(request: RestRequest): Promise<DataReply> {
  if (parameter(request, 'prefix') !== undefined) return search(request);
  const listing = { design: 'phone_numbers', view: 'crossbar_listing' };
  const page = await gathered(
    await list(request, targetDatabase(request), listing, {
      filterRows: true,
      show: ({ id, value }) => [id, value],
    }),
  );
  const numbers = Object.fromEntries(
    (page.data as [string, Record<string, unknown>][]).map(([number, { pvt_module_name: _, ...row }]) => [
      number,
      row,
    ]),
  );
  return { ...page, data: { numbers, cascade_quantity: 0 } };
}

async function search(request: RestRequest): Promise<DataReply> {
  const given = String(parameter(request, 'prefix') ?? '').replace(/[\s().-]/g, '');
  const prefix = given.startsWith('+') ? given : `+1${given}`;
  if (!/^\+\d{4,15}$/.test(prefix))
    throw invalid('prefix', 'pattern', 'must be at least three digits', { value: given });
  const quantity = Number(parameter(request, 'quantity') ?? 1);
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > mostNumbers)
    throw invalid('quantity', 'maximum', `must be 1 to ${mostNumbers}`, { target: mostNumbers });
  return { data: await availableNumbers(request, prefix, quantity) };
}

/** For those who reach the account that has the number; others learn no more than that they do not. */
async function identify(request: RestRequest): Promise<DataReply> {
  const found = await identifyNumber(request, normal(pathParameter(request, 'number')));
  const owner = await findAccount(request.services.store, String(found['account_id']));
  if (!owner || !reaches(caller(request), owner))
    throw new AppError('not_found', {
      message: 'nobody has the number',
      details: { number: found['number'] },
    });
  return { data: found };
}

async function classifiers(): Promise<DataReply> {
  return { data: Object.fromEntries(defaultClassifiers.map((one) => [one.name, shownClassifier(one)])) };
}

async function classifyNumber(request: RestRequest): Promise<DataReply> {
  const number = pathParameter(request, 'number');
  const found = classify(number);
  if (!found) throw new AppError('not_found', { message: 'no classifier fits', details: { number } });
  return { data: { name: found.name, number, ...shownClassifier(found) } };
}

function shownClassifier({ friendlyName, pattern, emergency }: Classifier): Record<string, unknown> {
  return { friendly_name: friendlyName, regex: pattern.source, ...(emergency && { emergency }) };
}

async function carriersInfo(request: RestRequest): Promise<DataReply> {
  const states = caller(request).superduper ? [...creationStates, 'available'] : creationStates;
  return {
    data: { maximal_prefix_length: 3, usable_carriers: ['local'], usable_creation_states: states },
  };
}
