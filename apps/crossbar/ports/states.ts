// The states of a port request, and the only place that writes them: from which into which, who may, and what is noted.
import type { DocumentOf } from '../../../core/contract/index.ts';
import { gregorian } from '../../../core/couch/index.ts';
import type { portRequest } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { caller, invalid, type RestRequest } from '../engine/index.ts';

export type PortRequest = DocumentOf<typeof portRequest>;
export type PortState = NonNullable<PortRequest['pvt_port_state']>;

/** The states that a request can be brought into, and from where (Kazoo's own table). */
const origins: Readonly<Record<Exclude<PortState, 'unconfirmed'>, readonly PortState[]>> = {
  submitted: ['unconfirmed', 'rejected'],
  pending: ['submitted'],
  scheduled: ['pending'],
  completed: ['pending', 'scheduled', 'rejected'],
  rejected: ['submitted', 'pending', 'scheduled'],
  canceled: ['unconfirmed', 'submitted', 'pending', 'scheduled', 'rejected'],
};

export type PortDestination = keyof typeof origins;

export const destinations = Object.keys(origins) as PortDestination[];

/** Names for several states at once, as lists are asked for. */
export const groups: Readonly<Record<string, readonly PortState[]>> = {
  active: ['unconfirmed', 'submitted', 'pending', 'scheduled', 'rejected'],
  all: ['unconfirmed', 'submitted', 'pending', 'scheduled', 'rejected', 'canceled', 'completed'],
  progressing: ['submitted', 'pending', 'scheduled'],
  suspended: ['unconfirmed', 'rejected'],
};

export const stateOf = ({ pvt_port_state = 'unconfirmed' }: Partial<PortRequest>): PortState =>
  pvt_port_state;

/** The account that carries the request out, or the master account. */
export function isAuthority(request: RestRequest, { pvt_port_authority }: Partial<PortRequest>): boolean {
  const { superduper, account } = caller(request);
  return superduper || account._id === pvt_port_authority;
}

/** A new request, with who made it. */
export function begun(request: RestRequest): Pick<PortRequest, 'pvt_port_state' | 'pvt_transitions'> {
  return {
    pvt_port_state: 'unconfirmed',
    pvt_transitions: [noted(request, undefined, 'unconfirmed', undefined)],
  };
}

/**
 * What changes when a request comes into another state. Throws `forbidden` for who is not the one to say so, and
 * `invalid_data` at `port_state` for a state that does not follow.
 */
export function transition(
  request: RestRequest,
  before: PortRequest,
  to: PortDestination,
  reason: string | undefined,
): Pick<PortRequest, 'pvt_port_state' | 'pvt_transitions'> {
  const from = stateOf(before);
  const own = to === 'submitted' || (to === 'canceled' && from === 'unconfirmed');
  if (!own && !isAuthority(request, before))
    throw new AppError('forbidden', {
      message: `only the account that carries the port out may say that it is ${to}`,
      details: { cause: to },
    });
  if (!origins[to].includes(from))
    throw invalid('port_state', 'enum', `a request cannot come from ${from} to ${to}`, {
      target: destinations.filter((one) => origins[one].includes(from)),
      value: to,
      cause: from,
    });
  const note = noted(request, from, to, reason);
  return { pvt_port_state: to, pvt_transitions: [note, ...(before.pvt_transitions ?? [])] };
}

/** Whether a request may still be changed by who wants the numbers, or removed. */
export const isOpen = (document: PortRequest): boolean =>
  ['unconfirmed', 'rejected', 'canceled'].includes(stateOf(document));

function noted(
  request: RestRequest,
  previous: PortState | undefined,
  next: PortState,
  reason: string | undefined,
): object {
  const { account, user } = caller(request);
  const said = reason !== undefined && { reason };
  const names = user && { first_name: user.first_name, last_name: user.last_name };
  return {
    timestamp: gregorian(),
    type: 'transition',
    ...said,
    transition: { new: next, ...(previous !== undefined && { previous }) },
    authorization: {
      ...said,
      account: { id: account._id, name: account.name },
      ...(user && {
        user: { id: user._id, ...names, full_name: `${user.first_name} ${user.last_name}` },
      }),
    },
  };
}
