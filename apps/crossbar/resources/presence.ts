// presence: who watches whose lamp in an account, and setting or resetting lamps.

import { createHash } from 'node:crypto';
import { Type } from '../../../core/contract/index.ts';
import { device, user } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { presenceReset, presenceStates, presenceUpdate } from '../../../core/messages/presence.ts';
import {
  accountEndpoint,
  type DataReply,
  type Endpoint,
  invalid,
  load,
  operation,
  pathParameter,
  type Reply,
  type RestModule,
  type RestRequest,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import { devicesOf } from '../live/phones.ts';
import { isReport, readReport, tellOfReport } from '../presence/reports.ts';
import { subscriptionsOf } from '../presence/subscriptions.ts';

/** Lamps that were set by hand; kept so that they can be told again. */
const manual = 'manual_presence';

const action = {
  accepts: Type.Object({
    action: Type.Optional(Type.Enum(['reset', 'set'])),
    reset: Type.Optional(Type.Boolean({ description: 'as action: reset' })),
    state: Type.Optional(Type.Enum([...presenceStates])),
  }),
};

export const presence: RestModule = {
  name: 'presence',
  summary: 'Lamps: who watches whom, and what they show',
  endpoints: [
    accountEndpoint('presence', {
      GET: operation('account', 'How many watch whom', (request) => search(request), {
        parameters: { event: Type.Optional(Type.String()) },
      }),
      POST: operation(
        'admin',
        'Sets or resets all lamps of the account',
        async (request) => act(request, await allIds(request)),
        action,
      ),
    }),
    accountEndpoint('presence/:extension', {
      GET: operation('account', 'Who watches this lamp; a report of those that were reset', readOne, {
        // Whoever was sent the link to a report may read that.
        anonymous: async ({ isSigned }) => isSigned,
      }),
      POST: operation(
        'admin',
        'Sets or resets a lamp',
        (request) => act(request, [extensionOf(request)]),
        action,
      ),
    }),
    owned('users', 'user_id', async (request) => idsOfUser(request, pathParameter(request, 'user_id'))),
    owned('devices', 'device_id', async (request) =>
      idsOfDevice(request, pathParameter(request, 'device_id')),
    ),
  ],
};

function owned(
  path: string,
  name: string,
  ids: (request: RestRequest) => Promise<readonly string[]>,
): Endpoint {
  return accountEndpoint(`${path}/:${name}/presence`, {
    GET: operation('account', 'Who watches these lamps', async (request) => {
      const found = await Promise.all((await ids(request)).map((id) => search(request, id)));
      return { data: found.map(({ data }) => data) };
    }),
    POST: operation(
      name === 'user_id' ? 'owner' : 'admin',
      'Sets or resets these lamps',
      async (request) => act(request, await ids(request)),
      action,
    ),
  });
}

async function readOne(request: RestRequest): Promise<Reply> {
  const extension = pathParameter(request, 'extension');
  return isReport(extension) ? readReport(request, extension) : search(request, extension);
}

async function search(request: RestRequest, username?: string): Promise<DataReply> {
  const subscriptions = await subscriptionsOf(
    request,
    username === undefined ? 'summary' : 'detail',
    username,
  );
  return { data: { subscriptions } };
}

function extensionOf(request: RestRequest): string {
  const extension = pathParameter(request, 'extension');
  if (isReport(extension)) throw new AppError('invalid_method', { details: { allowed: 'GET, OPTIONS' } });
  if (!/^[\w+*#.-]{1,128}$/.test(extension))
    throw invalid('extension', 'pattern', 'must be a presence id', { value: extension });
  return extension;
}

async function idsOfDevice(request: RestRequest, id: string): Promise<string[]> {
  const { presence_id, sip } = await load(targetDatabase(request), device, id);
  return [presence_id ?? sip?.username].filter((it) => it !== undefined && it !== '') as string[];
}

/** The user's own, else those of the devices. */
async function idsOfUser(request: RestRequest, id: string): Promise<string[]> {
  const { _id, presence_id } = await load(targetDatabase(request), user, id);
  if (presence_id) return [presence_id];
  const devices = await devicesOf(targetDatabase(request), _id);
  return [...new Set((await Promise.all(devices.map((it) => idsOfDevice(request, it)))).flat())];
}

async function allIds(request: RestRequest): Promise<string[]> {
  const rows = await targetDatabase(request).view('devices', 'listing_by_presence_id');
  return [...new Set(rows.map(({ key }) => String(key)))];
}

type Action = { readonly action?: string; readonly reset?: boolean; readonly state?: string };

async function act(request: RestRequest<Action>, ids: readonly string[]): Promise<DataReply> {
  const { action: name = request.data.reset ? 'reset' : undefined, state } = request.data;
  if (name === undefined)
    throw invalid('action', 'required', 'action is required', { target: ['reset', 'set'] });
  if (name === 'set' && state === undefined)
    throw invalid('state', 'required', 'state is required', { target: [...presenceStates] });
  if (ids.length === 0) return { data: { message: 'nothing to send command to' } };
  const { realm = '' } = targetAccount(request);
  const { bus } = request.services;
  const report = name === 'reset' ? await tellOfReport(request, ids) : undefined;
  for (const id of ids)
    if (name === 'reset') await bus.publish(presenceReset, { Realm: realm, Username: id });
    else {
      const address = `${id}@${realm}`;
      await bus.publish(presenceUpdate, {
        'Presence-ID': address,
        State: state as (typeof presenceStates)[number],
        'Call-ID': createHash('md5').update(address).digest('hex'),
      });
    }
  if (name === 'set' && state !== undefined) await keep(request, ids, state);
  return { data: { message: 'command sent', ...(report !== undefined && { report }) } };
}

async function keep(request: RestRequest, ids: readonly string[], state: string): Promise<void> {
  const database = targetDatabase(request);
  const states = Object.fromEntries(ids.map((id) => [id, state]));
  if (await database.find(manual, { fresh: true }))
    await database.update(manual, (document) => ({ ...document, ...states }));
  else await database.save({ _id: manual, pvt_type: manual, ...states });
}
