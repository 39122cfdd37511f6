// registrations: who is registered now, and forgetting them.
import { Type } from '../../../core/contract/index.ts';
import { regFlush, regQuery } from '../../../core/messages/registration.ts';
import { snakeCase } from '../../../core/messages/snake-case.ts';
import {
  accountEndpoint,
  type DataReply,
  operation,
  pathParameter,
  type RestModule,
  type RestRequest,
  targetAccount,
} from '../engine/index.ts';
import { registrationsOf } from '../live/registrations.ts';

const counted = Type.Object({ count: Type.Integer() });

export const registrations: RestModule = {
  name: 'registrations',
  summary: 'Phones that are registered now',
  endpoints: [
    accountEndpoint('registrations', {
      GET: operation('account', 'Live registrations', list),
      DELETE: operation('admin', 'Forgets all registrations of the account', flush),
    }),
    accountEndpoint('registrations/count', {
      GET: operation('account', 'How many are registered', count, { reply: counted }),
    }),
    {
      path: '/registrations/count',
      operations: {
        GET: operation('superduper', 'How many are registered in the cluster', countAll, { reply: counted }),
      },
    },
    accountEndpoint('registrations/:username', {
      DELETE: operation('admin', 'Forgets the registrations of a user name', flush),
    }),
  ],
};

/** Keys that say more about the cluster than about the phone. */
const internal = new Set([
  'freeswitch_hostname',
  'freeswitch_nodename',
  'registrar_node',
  'account_db',
  'ruid',
]);

async function list(request: RestRequest): Promise<DataReply> {
  const found = await registrationsOf(request);
  return {
    data: found.map((fields) =>
      Object.fromEntries(
        Object.entries(snakeCase(fields) as Record<string, unknown>).filter(([key]) => !internal.has(key)),
      ),
    ),
  };
}

async function count(request: RestRequest): Promise<DataReply> {
  return { data: { count: (await registrationsOf(request)).length } };
}

async function countAll({ services }: RestRequest): Promise<DataReply> {
  const answer = await services.bus.request(regQuery, { 'Count-Only': true });
  return { data: { count: 'Count' in answer ? (answer.Count ?? 0) : 0 } };
}

/** All of the account, or those of one user name. */
async function flush(request: RestRequest): Promise<DataReply> {
  const { realm } = targetAccount(request);
  const username = 'username' in request.params ? pathParameter(request, 'username') : undefined;
  if (realm !== undefined) await request.services.bus.publish(regFlush, { Realm: realm, Username: username });
  return { data: { flushed: true } };
}
