// ips: addresses that an account may have for itself, and at the top the pool of them (contract/crossbar.md §6.4).
import { Type } from '../../../core/contract/index.ts';
import { dedicatedIp } from '../../../core/documents/index.ts';
import {
  addAddress,
  addresses,
  assignTo,
  changeAddresses,
  findAddress,
  releaseFrom,
  removeAddress,
  shownAddress,
} from '../carriers/addresses.ts';
import {
  accountEndpoint,
  type DataReply,
  deleted,
  type Endpoint,
  invalid,
  list,
  missing,
  operation,
  parameter,
  pathParameter,
  type Reply,
  type RestModule,
  type RestRequest,
  targetAccount,
} from '../engine/index.ts';

const chosen = Type.Object({
  ips: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 100, uniqueItems: true }),
});
const address = Type.Object({
  id: Type.String(),
  ip: Type.String(),
  zone: Type.String(),
  host: Type.String(),
  status: Type.Enum(['available', 'assigned']),
  assigned_to: Type.Optional(Type.String()),
});
const changed = Type.Object({ success: Type.Record(Type.String(), address) });
const row = Type.Array(Type.Object({ ip: Type.String(), zone: Type.String() }));
const searching = {
  zone: Type.Optional(Type.String()),
  quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
};
const accountId = (request: RestRequest): string => targetAccount(request)._id;
const ipOf = (request: RestRequest): string => pathParameter(request, 'ip');

export const ips: RestModule = {
  name: 'ips',
  summary: 'Addresses that an account may have for itself',
  endpoints: [
    accountEndpoint('ips', {
      GET: operation('account', 'Addresses that can be had', available, {
        parameters: searching,
        reply: row,
      }),
      POST: operation(
        'admin',
        'Takes addresses for the account',
        async (request) => ({
          data: await changeAddresses(request, request.data.ips, assignTo(accountId(request))),
        }),
        { accepts: chosen, reply: changed },
      ),
      DELETE: operation(
        'admin',
        'Gives addresses back',
        async (request) => ({
          data: await changeAddresses(request, request.data.ips, releaseFrom(accountId(request))),
        }),
        { accepts: chosen, reply: changed },
      ),
    }),
    accountEndpoint('ips/assigned', {
      GET: operation('account', 'Addresses of the account', assigned, { list: true, reply: row }),
    }),
    ...names('/accounts/:account_id/ips', 'account'),
    accountEndpoint('ips/:ip', {
      GET: operation('account', 'An address of the account, or one that can be had', readOwn, {
        reply: address,
      }),
      POST: operation(
        'admin',
        'Takes an address for the account',
        async (request) => ({
          data: await changeAddresses(request, [ipOf(request)], assignTo(accountId(request))),
        }),
        { reply: changed },
      ),
      DELETE: operation(
        'admin',
        'Gives an address back',
        async (request) => ({
          data: await changeAddresses(request, [ipOf(request)], releaseFrom(accountId(request))),
        }),
        { reply: changed },
      ),
    }),
    {
      path: '/ips',
      operations: {
        GET: operation('superduper', 'Addresses that can be had', available, {
          parameters: searching,
          reply: row,
        }),
        PUT: operation(
          'superduper',
          'Adds an address',
          async (request) => {
            const added = await addAddress(request, request.data);
            return { data: shownAddress(added), revision: added._rev, location: added._id };
          },
          { body: dedicatedIp.schema, reply: address },
        ),
      },
    },
    ...names('/ips', 'superduper'),
    {
      path: '/ips/:ip',
      operations: {
        GET: operation('superduper', 'An address', async (request) => reply(await found(request)), {
          reply: address,
        }),
        DELETE: operation('superduper', 'Removes an address', remove, { reply: address }),
      },
    },
  ],
};

function names(path: string, permission: 'account' | 'superduper'): Endpoint[] {
  const keys = (view: string) => async (request: RestRequest) => {
    const rows = await addresses(request).view('dedicated_ips', view, { group: true });
    return { data: rows.map(({ key }) => key) };
  };
  const options = { reply: Type.Array(Type.String()) };
  return [
    {
      path: `${path}/zones`,
      operations: {
        GET: operation(permission, 'Zones that have addresses', keys('zone_listing'), options),
      },
    },
    {
      path: `${path}/hosts`,
      operations: {
        GET: operation(permission, 'Hosts that have addresses', keys('host_listing'), options),
      },
    },
  ];
}

/** By zone, at most `quantity`. */
async function available(request: RestRequest): Promise<DataReply> {
  const zone = parameter(request, 'zone');
  const quantity = Number(parameter(request, 'quantity') ?? 500);
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > 500)
    throw invalid('quantity', 'maximum', 'must be 1 to 500', { target: 500, value: quantity });
  const rows = await addresses(request).view('dedicated_ips', 'available_listing', {
    ...(zone !== undefined && { key: String(zone) }),
    limit: quantity,
  });
  return { data: rows.map(({ value }) => value) };
}

function assigned(request: RestRequest): Promise<Reply> {
  const listing = { design: 'dedicated_ips', view: 'assigned_to_listing' };
  return list(request, addresses(request), listing, { key: accountId(request), fileName: 'ips' });
}

async function found(request: RestRequest) {
  const ip = ipOf(request);
  const one = await findAddress(request, ip);
  if (!one) throw missing(ip);
  return one;
}

const reply = (one: Awaited<ReturnType<typeof found>>): DataReply => ({
  data: shownAddress(one),
  revision: one._rev,
});

/** One that another account has is as good as none. */
async function readOwn(request: RestRequest): Promise<DataReply> {
  const one = await found(request);
  const { pvt_assigned_to: owner = accountId(request) } = one;
  if (owner !== accountId(request)) throw missing(ipOf(request));
  return reply(one);
}

async function remove(request: RestRequest): Promise<DataReply> {
  const one = await found(request);
  await removeAddress(request, one);
  return { data: deleted({ ...shownAddress(one) }) };
}
