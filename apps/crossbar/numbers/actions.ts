// What can be done with a number: take it, change it, activate it, reserve it, let it go.
import { number as contract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  type Auth,
  auditFields,
  caller,
  findAccount,
  flag,
  merged,
  privatePart,
  type RestRequest,
  reaches,
  settablePart,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import { portingRequests } from '../ports/numbers.ts';
import { moduleOf } from './carriers.ts';
import { checkFeatures, type FeaturePolicy, featurePolicy } from './features.ts';
import { changeNumber, findNumber, shownNumber } from './numbers.ts';
import { findOnItsWay } from './porting.ts';
import {
  creationStates,
  type Destination,
  freedStateOf,
  moved,
  type NumberDocument,
  placeOf,
  released,
  takeable,
} from './states.ts';

type Json = Record<string, unknown>;

/** Does one thing to one number and shows the number after it. */
export type NumberAction = (request: RestRequest, e164: string, data: Json) => Promise<Json>;

/** Makes a number, or takes one that nobody has. */
export const createNumber: NumberAction = async (request, e164, data) => {
  const { create_with_state: state = 'in_service', ...fields } = accepted(data);
  checkMayCreate(caller(request), e164, String(state));
  return written(request, e164, async (before) => {
    if (before && !(takeable.includes(before.pvt_state) && (await isReached(request, before))))
      throw refusal('number_exists', e164, `number ${e164} already exists`);
    if (!before && state !== 'port_in' && (await portingRequests(request.services, e164)).length > 0)
      throw refusal('number_is_porting', e164, `number ${e164} is porting`);
    return { ...taken(request, e164, before, state as Destination), ...fields };
  });
};

/**
 * Takes a number of the pool, or one of an account in reach, or puts a reserved one into service. One that the account has
 * in service already stays so, with what was said of it.
 */
export const activateNumber: NumberAction = async (request, e164, data) => {
  const { create_with_state: _, ...fields } = accepted(data);
  return written(request, e164, async (before) => {
    const mayTake = before && ((await isReached(request, before)) || isReservedAbove(request, before));
    if (!mayTake) throw refusal('not_found', e164, `number ${e164} not found`);
    const isThere =
      before.pvt_state === 'in_service' && before.pvt_assigned_to === targetAccount(request)._id;
    return { ...(isThere ? before : taken(request, e164, before, 'in_service')), ...fields };
  });
};

/** Keeps a number for the account without putting it into service. */
export const reserveNumber: NumberAction = async (request, e164, data) => {
  const { create_with_state: _, ...fields } = accepted(data);
  return written(request, e164, async (before) => {
    if (!before || !(await isReached(request, before)))
      throw refusal('not_found', e164, `number ${e164} not found`);
    return { ...taken(request, e164, before, 'reserved'), ...fields };
  });
};

/** A number that another carrier has still: it is on its way to the account. */
export const portNumber: NumberAction = (request, e164, data) =>
  createNumber(request, e164, { ...data, create_with_state: 'port_in' });

export const replaceNumber: NumberAction = (request, e164, data) => change(request, e164, () => data);

export const mergeNumber: NumberAction = (request, e164, data) =>
  change(request, e164, (before) => merged(settablePart(before), data));

/**
 * Takes a number from the account: it goes back where it came from, without anything that was said about it. With `hard=true`
 * a superduper removes it for good, whoever had reserved it.
 */
export const releaseNumber: NumberAction = async (request, e164) => {
  if (!flag(request, 'hard')) return giveBack(request, e164);
  if (!caller(request).superduper) throw new AppError('forbidden');
  return written(request, e164, (before) => ({
    ...owned(before, targetAccount(request)._id, e164),
    pvt_state: 'deleted',
  }));
};

async function giveBack(request: RestRequest, e164: string): Promise<Json> {
  return written(request, e164, async (found) => {
    const before = owned(found, targetAccount(request)._id, e164);
    const state = await freedStateOf(request.services.systemConfig, before);
    return privatePart(released(before, state));
  });
}

/** Gives all numbers of the account back. */
export async function giveBackAll(request: RestRequest): Promise<void> {
  const rows = await targetDatabase(request).view('numbers', 'list_by_number');
  for (const { id } of rows) await giveBack(request, id);
}

/** A number of the account, or one that is on its way to it. */
export const readNumber: NumberAction = async (request, e164) => {
  const account = targetAccount(request)._id;
  const policy = await policyOf(request);
  const found = await findNumber(request.services, e164);
  const coming = found?.pvt_assigned_to === account ? undefined : await findOnItsWay(request, e164);
  if (!coming) return shownNumber(owned(found, account, e164), policy);
  const { _read_only, ...shown } = shownNumber(coming.document, policy);
  return { ...shown, _read_only: { ...(_read_only as Json), ...coming.port } };
};

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
  decide: (before: NumberDocument | undefined) => Partial<NumberDocument> | Promise<Partial<NumberDocument>>,
): Promise<Json> {
  const policy = await policyOf(request);
  const saved = await changeNumber(request.services, e164, async (before) => {
    const next = ofCarrier(await decide(before), e164, policy);
    checkFeatures(e164, { ...before }, next, policy);
    return { ...next, ...auditFields(request), _id: e164, pvt_type: contract.type };
  });
  return saved ? shownNumber(saved, policy) : {};
}

/** A `carrier_name` is no property of the number: it says who the number comes from. */
function ofCarrier(
  { carrier_name, ...next }: Partial<NumberDocument>,
  number: string,
  { superduper }: FeaturePolicy,
): Partial<NumberDocument> {
  if (carrier_name === undefined) return next;
  if (!superduper)
    throw refusal('forbidden', number, 'the number may not have the feature carrier_name', 'carrier_name');
  return { ...next, pvt_module_name: moduleOf(carrier_name) };
}

function policyOf(request: RestRequest): Promise<FeaturePolicy> {
  return featurePolicy(request.services.systemConfig, caller(request).superduper);
}

/** The number in another state for the account in the path; its public fields stay as they were. */
function taken(
  request: RestRequest,
  e164: string,
  before: NumberDocument | undefined,
  state: Destination,
): Partial<NumberDocument> {
  const account = targetAccount(request)._id;
  return {
    ...placeOf(e164),
    ...moved(before ?? {}, state, { account, number: e164 }),
    pvt_authorizing_account: caller(request).account._id,
  };
}

function accepted(data: Json): Json {
  const { state: _, features: __, used_by: ___, ...fields } = settablePart(data);
  return contract.accept(fields);
}

function owned(document: NumberDocument | undefined, account: string, e164: string): NumberDocument {
  if (document?.pvt_assigned_to === account) return document;
  throw refusal('not_found', e164, `number ${e164} not found`);
}

/** Nobody has it, or an account that the caller reaches. */
async function isReached(request: RestRequest, { pvt_assigned_to: owner }: NumberDocument): Promise<boolean> {
  if (owner === undefined) return true;
  const account = await findAccount(request.services.store, owner);
  return account !== undefined && reaches(caller(request), account);
}

/** What an account reserved is there for those below it. */
function isReservedAbove(
  request: RestRequest,
  { pvt_state, pvt_assigned_to: owner = '' }: NumberDocument,
): boolean {
  return pvt_state === 'reserved' && caller(request).account.pvt_tree?.includes(owner) === true;
}

/** The states that the caller may make numbers in. */
export function statesFor({ superduper, account }: Auth): readonly Destination[] {
  if (superduper) return creationStates.superduper;
  return account.pvt_wnm_allow_additions === true ? creationStates.permitted : [];
}

function checkMayCreate(auth: Auth, e164: string, state: string): void {
  const states: readonly string[] = [...statesFor(auth), ...creationStates.everybody];
  if (!states.includes(state))
    throw refusal(
      'forbidden',
      e164,
      'requestor is unauthorized to perform operation',
      `the account may not make numbers in state ${state}`,
    );
}

function refusal(
  code: 'number_exists' | 'number_is_porting' | 'not_found' | 'forbidden',
  number: string,
  message: string,
  cause?: string,
): AppError {
  return new AppError(code, { message, details: { number, ...(cause !== undefined && { cause }) } });
}
