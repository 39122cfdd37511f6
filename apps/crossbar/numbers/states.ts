// The states of a number, and the only place that writes them: from which it may come into which, and whose it is then.
import type { SystemConfig } from '../../../core/config/index.ts';
import type { DocumentOf } from '../../../core/contract/index.ts';
import { numberDatabase } from '../../../core/couch/index.ts';
import type { number, numberStates } from '../../../core/documents/number.ts';
import { AppError } from '../../../core/errors/index.ts';
import { isLocal, localCarrier } from './carriers.ts';

export type NumberDocument = DocumentOf<typeof number>;
export type NumberState = (typeof numberStates)[number];

/** The states that a number can be brought into by hand. */
export type Destination = 'aging' | 'available' | 'in_service' | 'port_in' | 'reserved';

/** From where (Kazoo's own table). Of the others none can be left but by removing the number. */
const origins: Readonly<Record<Destination, readonly NumberState[]>> = {
  aging: ['aging', 'available', 'released'],
  available: ['available'],
  in_service: ['aging', 'available', 'discovery', 'in_service', 'port_in', 'reserved'],
  port_in: ['port_in'],
  reserved: ['available', 'discovery', 'in_service', 'reserved'],
};

/** Which states new numbers may begin in: all for superdupers; of a port, for everybody. */
export const creationStates = {
  superduper: ['aging', 'available', 'in_service', 'port_in', 'reserved'],
  permitted: ['in_service', 'reserved'],
  everybody: ['port_in'],
} as const satisfies Record<string, readonly Destination[]>;

/** States in which `PUT` finds a number that it may take; in all others it exists already. */
export const takeable: readonly (NumberState | undefined)[] = ['aging', 'available', 'port_in'];

/** Nobody has a number in these. */
const ownerless: readonly NumberState[] = ['aging', 'available'];

/**
 * The number in another state, and the account's then. One that is new begins in that state. Throws
 * `invalid_state_transition`, or `no_change_required` when the account has it in that state.
 */
export function moved(
  before: Partial<NumberDocument>,
  to: Destination,
  { account, number }: { readonly account: string; readonly number: string },
): Partial<NumberDocument> {
  const { pvt_state: from = to, pvt_assigned_to: owner, pvt_reserve_history = [], ...rest } = before;
  if (before.pvt_state === to && owner === account)
    throw new AppError('no_change_required', {
      message: `the account has the number in state ${to} already`,
      details: { number },
    });
  if (!origins[to].includes(from)) throw invalidTransition(from, to, number);
  const history =
    to === 'reserved' ? [account, ...without(pvt_reserve_history, account)] : pvt_reserve_history;
  return {
    ...rest,
    ...previously(owner, account),
    ...(history.length > 0 && { pvt_reserve_history: history }),
    pvt_state: to,
    ...(!ownerless.includes(to) && { pvt_assigned_to: account }),
  };
}

/** A number that came from another carrier, in service for the account that had it ported. As `moved`. */
export function ported(
  before: Partial<NumberDocument>,
  owner: { readonly account: string; readonly number: string },
): Partial<NumberDocument> {
  return { ...placeOf(owner.number), ...moved(before, 'in_service', owner), pvt_ported_in: true };
}

/** What says where a new number is kept, and that it comes from no carrier. */
export function placeOf(number: string): Partial<NumberDocument> {
  return { pvt_module_name: localCarrier, pvt_db_name: encodeURIComponent(numberDatabase(number)) };
}

const releasable: readonly (NumberState | undefined)[] = ['in_service', 'port_in', 'released', 'reserved'];

/**
 * The number without its account. It goes back to the account that had reserved it before, else into the `state` that
 * freed numbers have. Throws `invalid_state_transition`.
 */
export function released(
  before: NumberDocument,
  state: FreedState,
): Partial<NumberDocument> & { readonly _id: string } {
  const { pvt_state, pvt_assigned_to: owner, pvt_used_by: _, pvt_reserve_history = [], ...rest } = before;
  if (!releasable.includes(pvt_state)) throw invalidTransition(String(pvt_state), 'released', before._id);
  const history = owner === undefined ? pvt_reserve_history : without(pvt_reserve_history, owner);
  const [reserver] = history;
  return {
    ...rest,
    ...previously(owner, reserver),
    ...(reserver !== undefined && { pvt_reserve_history: history, pvt_assigned_to: reserver }),
    pvt_state: reserver === undefined ? state : 'reserved',
  };
}

/** The state of a number that nobody has any more; `deleted` are those that are there no longer. */
export type FreedState = 'aging' | 'available' | 'deleted';

/**
 * The state that a number has when nobody has it any more: `number_manager.released_state`. One that came from no carrier
 * is deleted, as are all where `number_manager.should_permanently_delete` says so.
 */
export async function freedStateOf(config: SystemConfig, number: NumberDocument): Promise<FreedState> {
  const deletes =
    isLocal(number) || (await config.get('number_manager', 'should_permanently_delete', false)) === true;
  return deletes ? 'deleted' : freedState(config);
}

/** `number_manager.released_state`. */
export async function freedState(config: SystemConfig): Promise<'aging' | 'available'> {
  const chosen = await config.get('number_manager', 'released_state', 'available');
  return chosen === 'aging' ? 'aging' : 'available';
}

/**
 * The number of an account that does not exist: released, to none that does not exist either. In a state from which
 * numbers are not released it stays, and is nobody's. `exists` tells of an account.
 */
export function abandoned(
  before: NumberDocument,
  state: 'aging' | 'available',
  exists: (account: string) => boolean,
): Partial<NumberDocument> & { readonly _id: string } {
  const pvt_reserve_history = before.pvt_reserve_history?.filter(exists) ?? [];
  if (releasable.includes(before.pvt_state)) return released({ ...before, pvt_reserve_history }, state);
  const { pvt_assigned_to: owner, pvt_used_by: _, ...rest } = before;
  return { ...rest, ...previously(owner, undefined) };
}

const without = (history: readonly string[], account: string): string[] =>
  history.filter((one) => one !== account);

const previously = (owner: string | undefined, next: string | undefined): Partial<NumberDocument> =>
  owner === undefined || owner === next ? {} : { pvt_previously_assigned_to: owner };

function invalidTransition(from: string, to: string, number: string): AppError {
  return new AppError('invalid_state_transition', {
    message: 'invalid state transition',
    details: { number, cause: `from ${from} to ${to}` },
  });
}
