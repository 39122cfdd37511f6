// What can be done with a number: take it, change it, activate it, let it go. Local numbers (`knm_local`) only.
import { isRecord } from '../../../core/contract/index.ts';
import { numberDatabase } from '../../../core/couch/index.ts';
import { number as contract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  type Auth,
  auditFields,
  caller,
  merged,
  privatePart,
  type RestRequest,
  settablePart,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import {
  changeNumber,
  findNumber,
  type NumberDocument,
  type NumberState,
  numberOf,
  removeNumber,
  shownNumber,
} from './numbers.ts';

type Json = Record<string, unknown>;

/** Does one thing to one number and shows the number after it. */
export type NumberAction = (request: RestRequest, e164: string, data: Json) => Promise<Json>;

/** States that a number can be made with by anybody who may make numbers; superdupers may use all. */
export const creationStates: readonly NumberState[] = ['in_service', 'reserved'];

/** Makes a number, or takes one that nobody has. */
export const createNumber: NumberAction = async (request, e164, data) => {
  const auth = caller(request);
  const { create_with_state: state = 'in_service', ...fields } = accepted(data);
  checkMayCreate(auth, e164, String(state));
  return written(request, e164, (before) => {
    if (before?.pvt_assigned_to !== undefined)
      throw refusal('number_exists', e164, 'the number exists already');
    return { ...(before ?? {}), ...fields, ...assigned(request, e164, before, state as NumberState) };
  });
};

/** Takes a number of the pool, or puts a reserved one of the account into service. */
export const activateNumber: NumberAction = async (request, e164) => {
  const account = targetAccount(request)._id;
  return written(request, e164, (before) => {
    const free = before?.pvt_state === 'available' && before.pvt_assigned_to === undefined;
    const reserved = before?.pvt_state === 'reserved' && before.pvt_assigned_to === account;
    if (before?.pvt_assigned_to === account && before.pvt_state === 'in_service')
      throw refusal('no_change_required', e164, 'the number is in service already');
    if (!before || !(free || reserved)) throw refusal('not_found', e164, 'the number is not to be had');
    return { ...before, ...assigned(request, e164, before, 'in_service') };
  });
};

/** Keeps a number for the account without putting it into service. */
export const reserveNumber: NumberAction = async (request, e164, data) =>
  createNumber(request, e164, { ...data, create_with_state: 'reserved' });

export const replaceNumber: NumberAction = (request, e164, data) => change(request, e164, () => data);

export const mergeNumber: NumberAction = (request, e164, data) =>
  change(request, e164, (before) => merged(settablePart(before), data));

/** Gives a number back to the pool; with `hard=true` a superduper removes it for good. */
export const releaseNumber: NumberAction = async (request, e164) => {
  const { services } = request;
  const account = targetAccount(request)._id;
  if (request.query['hard'] === 'true') {
    if (!caller(request).superduper) throw new AppError('forbidden');
    const document = await numberOf(services, account, e164);
    await removeNumber(services, document);
    return shownNumber({ ...document, pvt_state: 'deleted' });
  }
  return giveBack(request, e164);
};

/** Leaves a number of the account in the pool, without anything that was said about it. */
function giveBack(request: RestRequest, e164: string): Promise<Json> {
  return written(request, e164, (before) => {
    const { pvt_assigned_to, pvt_used_by: _, ...rest } = owned(before, targetAccount(request)._id, e164);
    return {
      ...privatePart(rest),
      pvt_state: 'available',
      pvt_previously_assigned_to: pvt_assigned_to,
    };
  });
}

/** Gives all numbers of the account back. */
export async function giveBackAll(request: RestRequest): Promise<void> {
  const rows = await targetDatabase(request).view('numbers', 'list_by_number');
  for (const { id } of rows) await giveBack(request, id);
}

export const readNumber: NumberAction = async (request, e164) =>
  shownNumber(await numberOf(request.services, targetAccount(request)._id, e164));

/** Whose number it is: for those who reach that account. */
export async function identifyNumber(request: RestRequest, e164: string): Promise<Json> {
  const document = await findNumber(request.services, e164);
  const owner = document?.pvt_assigned_to;
  if (owner === undefined) throw refusal('not_found', e164, 'nobody has the number');
  return { account_id: owner, number: e164 };
}

/** Numbers of the pool that begin so. */
export async function availableNumbers(
  request: RestRequest,
  prefix: string,
  quantity: number,
): Promise<Json[]> {
  const { store } = request.services;
  const name = numberDatabase(prefix.padEnd(6, '0'));
  if (!(await store.exists(name))) return [];
  const rows = await store.database(name).view('numbers', 'status', {
    startKey: ['available', 'knm_local', prefix],
    endKey: ['available', 'knm_local', `${prefix}\ufff0`],
    limit: quantity,
  });
  return rows.map(({ id }) => ({ number: id }));
}

function change(request: RestRequest, e164: string, next: (before: NumberDocument) => Json): Promise<Json> {
  const account = targetAccount(request)._id;
  return written(request, e164, (found) => {
    const before = owned(found, account, e164);
    const { create_with_state: _, ...fields } = accepted(next(before));
    return { ...fields, ...privatePart(before) };
  });
}

async function written(
  request: RestRequest,
  e164: string,
  decide: (before: NumberDocument | undefined) => Json,
): Promise<Json> {
  const saved = await changeNumber(request.services, e164, (before) => {
    const next = decide(before);
    return { ...next, ...auditFields(request), _id: e164, pvt_type: contract.type };
  });
  return saved ? shownNumber(saved) : {};
}

function assigned(
  request: RestRequest,
  e164: string,
  before: NumberDocument | undefined,
  state: NumberState,
): Json {
  const account = targetAccount(request)._id;
  const history = before?.pvt_reserve_history ?? [];
  const keeps = state !== 'available';
  return {
    pvt_state: state,
    pvt_module_name: before?.pvt_module_name ?? 'knm_local',
    pvt_db_name: encodeURIComponent(numberDatabase(e164)),
    pvt_authorizing_account: caller(request).account._id,
    ...(keeps && { pvt_assigned_to: account }),
    ...(state === 'reserved' && { pvt_reserve_history: [...new Set([account, ...history])] }),
  };
}

function accepted(data: Json): Json {
  return contract.accept(settablePart(data));
}

function owned(document: NumberDocument | undefined, account: string, e164: string): NumberDocument {
  if (document?.pvt_assigned_to === account) return document;
  throw refusal('not_found', e164, 'the account has no such number');
}

function checkMayCreate({ superduper, account }: Auth, e164: string, state: string): void {
  if (superduper) return;
  if (account.pvt_wnm_allow_additions !== true || !(creationStates as readonly string[]).includes(state))
    throw refusal('forbidden', e164, 'the account may not add numbers');
}

function refusal(
  code: 'number_exists' | 'no_change_required' | 'not_found' | 'forbidden',
  e164: string,
  message: string,
): AppError {
  return new AppError(code, { message, details: { number: e164 } });
}

/** The numbers of a collection request. */
export function numbersOf(data: unknown): readonly string[] | undefined {
  const numbers = isRecord(data) ? data['numbers'] : undefined;
  return Array.isArray(numbers) && numbers.every((item) => typeof item === 'string') ? numbers : undefined;
}
