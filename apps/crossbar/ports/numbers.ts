// The numbers of a port request: which can be ported at all, and that they are in service when it is done.
import type { Store } from '../../../core/couch/index.ts';
import { number as contract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { findE164 } from '../../../core/telephony/index.ts';
import { auditFields, invalid, type RestRequest, type Services } from '../engine/index.ts';
import { changeNumber, findNumber } from '../numbers/numbers.ts';
import { ported } from '../numbers/states.ts';
import type { PortRequest } from './states.ts';

type Numbers = PortRequest['numbers'];

/** The numbers in E.164. Throws `invalid_data` for what is no number, here already, or asked for by another request. */
export async function checkPortable(
  services: Services,
  numbers: Numbers,
  { account, port }: { readonly account: string; readonly port: string | undefined },
): Promise<Numbers> {
  const normal: [string, Numbers[string]][] = [];
  for (const [given, about] of Object.entries(numbers)) {
    const e164 = findE164(given);
    if (e164 === undefined)
      throw invalid(`numbers.${given}`, 'pattern', 'must be a number', { value: given });
    const found = await findNumber(services, e164);
    const isOnItsWay = found?.pvt_assigned_to === account && found.pvt_state === 'port_in';
    if (found?.pvt_assigned_to !== undefined && !isOnItsWay)
      throw notPortable(given, 'number exists on the system already');
    const others = (await portingRequests(services, e164)).filter(({ id }) => id !== port);
    const [own] = others.filter((one) => one.account === account);
    if (own) throw notPortable(given, `number is on a port request already: ${own.id}`);
    if (others.length > 0) throw notPortable(given, 'number is being ported for a different account');
    normal.push([e164, about]);
  }
  return Object.fromEntries(normal);
}

/** At the number itself, and in the words (up to a colon) that Monster UI knows what is wrong by. */
const notPortable = (number: string, message: string): AppError =>
  invalid(number, 'type', message, { cause: number });

/** The requests that are not over and ask for a number, and whose they are. */
export async function portingRequests(
  { store }: Pick<Services, 'store'>,
  e164: string,
): Promise<{ readonly id: string; readonly account: unknown }[]> {
  const rows = await store
    .database('port_requests')
    .view('port_requests', 'port_in_numbers', { key: e164, fresh: true });
  return rows.map(({ id, value }) => ({ id, account: value }));
}

/** Whether numbers are on their way to an account, or may be. */
export async function hasActivePort(store: Store, account: string): Promise<boolean> {
  const query = { key: account, limit: 1, fresh: true };
  return (
    (await store.database('port_requests').view('port_requests', 'active_port_request', query)).length > 0
  );
}

/**
 * Puts the numbers of a request into service in its account. Those that are so already stay, so that it can be done again
 * after it failed half way. Rejects with `number_exists` for one that another account has by now.
 */
export async function completePort(request: RestRequest, document: PortRequest): Promise<void> {
  const account = String(document.pvt_account_id);
  for (const [number, { used_by }] of Object.entries(document.numbers))
    await changeNumber(request.services, number, (before) => {
      const owner = before?.pvt_assigned_to;
      if (owner !== undefined && owner !== account)
        throw new AppError('number_exists', {
          message: `number ${number} already exists`,
          details: { number },
        });
      if (owner === account && before?.pvt_state === 'in_service') return undefined;
      return {
        ...ported(before ?? {}, { account, number }),
        ...auditFields(request),
        ...(typeof used_by === 'string' && { pvt_used_by: used_by }),
        port_id: document._id,
        _id: number,
        pvt_type: contract.type,
      };
    });
}
