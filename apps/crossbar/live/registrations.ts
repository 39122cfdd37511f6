// Who is registered, asked of the registrar over the bus.
import { regQuery } from '../../../core/messages/registration.ts';
import { type RestRequest, targetAccount } from '../engine/index.ts';

/** The registrations in the account's realm: the fields of reg_success. */
export async function registrationsOf(request: RestRequest): Promise<readonly Record<string, unknown>[]> {
  const { realm } = targetAccount(request);
  if (realm === undefined) return [];
  const answer = await request.services.bus.request(regQuery, { Realm: realm });
  return 'Fields' in answer ? (answer.Fields ?? []) : [];
}
