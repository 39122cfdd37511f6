// channels: calls that are going on now.
import { acceptor, isRecord, Type } from '../../../core/contract/index.ts';
import { device, user } from '../../../core/documents/index.ts';
import { metaflow } from '../../../core/documents/shared.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  checkOwner,
  type DataReply,
  dataObject,
  idParameter,
  invalid,
  load,
  operation,
  parameter,
  pathParameter,
  type RestModule,
  type RestRequest,
  targetDatabase,
} from '../engine/index.ts';
import { actOnChannel, actOnChannelByMetaflow, channelActions, type Metaflow } from '../live/acting.ts';
import {
  accountChannels,
  allChannels,
  type Channel,
  deviceChannels,
  shownChannel,
} from '../live/channels.ts';

const acceptMetaflow = acceptor(metaflow);

export const channels: RestModule = {
  name: 'channels',
  summary: 'Calls that are going on now',
  endpoints: [
    {
      path: '/channels',
      operations: {
        GET: operation('superduper', 'Live channels of the whole cluster', async (request) => ({
          data: await allChannels(request),
        })),
      },
    },
    accountEndpoint('channels', { GET: operation('account', 'Live channels', list) }),
    accountEndpoint(`channels/:${idParameter}`, {
      GET: operation('account', 'One live channel', read),
      POST: operation('account', 'Acts on a live channel of the caller; admins on any', act, {
        parameters: { action: Type.Enum([...channelActions]) },
      }),
      PUT: operation(
        'account',
        'Runs a metaflow on a live channel of the caller; admins on any',
        runMetaflow,
        {
          parameters: { action: Type.Enum(['metaflow']) },
          body: metaflow,
        },
      ),
    }),
    accountEndpoint('users/:user_id/channels', {
      GET: operation('account', 'Live channels of a user', listOfUser),
    }),
    accountEndpoint('devices/:device_id/channels', {
      GET: operation('account', 'Live channels of a device', listOfDevice),
    }),
  ],
};

async function list(request: RestRequest): Promise<DataReply> {
  return { data: (await accountChannels(request)).map(shownChannel) };
}

async function listOfUser(request: RestRequest): Promise<DataReply> {
  const database = targetDatabase(request);
  const owner = await load(database, user, pathParameter(request, 'user_id'));
  const rows = await database.view('devices', 'listing_by_owner', { key: owner._id });
  return {
    data: (
      await deviceChannels(
        request,
        rows.map(({ id }) => id),
      )
    ).map(shownChannel),
  };
}

async function listOfDevice(request: RestRequest): Promise<DataReply> {
  const { _id } = await load(targetDatabase(request), device, pathParameter(request, 'device_id'));
  return { data: (await deviceChannels(request, [_id])).map(shownChannel) };
}

/** One that the caller may act upon: their own, for admins any of the account. */
async function findOwn(request: RestRequest): Promise<Channel> {
  const channel = await find(request);
  checkOwner(request, channel['owner_id']);
  return channel;
}

/** Found among the account's own: a call of another account is as good as none. */
async function find(request: RestRequest): Promise<Channel> {
  const id = pathParameter(request, idParameter);
  const found = (await accountChannels(request)).find(({ uuid }) => uuid === id);
  if (!found) throw new AppError('not_found', { message: 'there is no such call', details: { cause: id } });
  return found;
}

async function read(request: RestRequest): Promise<DataReply> {
  return { data: shownChannel(await find(request)) };
}

async function act(request: RestRequest): Promise<DataReply> {
  const action = parameter(request, 'action');
  if (action === undefined) throw invalid('action', 'required', 'action is required');
  if (!channelActions.includes(String(action)))
    throw invalid('action', 'enum', 'is no action', { target: channelActions, value: action });
  const channel = await findOwn(request);
  await actOnChannel(request, channel, String(action), dataObject(request));
  return { data: shownChannel(channel) };
}

/** A metaflow: one action, and what follows it. */
async function runMetaflow(request: RestRequest): Promise<DataReply> {
  const action = parameter(request, 'action');
  if (action !== 'metaflow')
    throw invalid('action', action === undefined ? 'required' : 'enum', 'must be metaflow', {
      target: ['metaflow'],
    });
  const given = dataObject(request);
  const node = acceptMetaflow(
    isRecord(given['data']) && !given['module'] ? given['data'] : given,
  ) as Metaflow;
  const channel = await findOwn(request);
  await actOnChannelByMetaflow(request, channel, node);
  return { data: { message: 'metaflow sent' } };
}
