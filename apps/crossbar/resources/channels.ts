// channels: calls that are going on now.
import { device, user } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { switchCommand } from '../../../core/messages/switch.ts';
import {
  accountEndpoint,
  type DataReply,
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
import {
  accountChannels,
  allChannels,
  type Channel,
  deviceChannels,
  shownChannel,
} from '../live/channels.ts';

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
      POST: operation('admin', 'Acts on a live channel', act),
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

/** `hangup` ends the leg on its switch. What else Kazoo knows needs an executor of metaflows, which is not here yet. */
async function act(request: RestRequest): Promise<DataReply> {
  const action = parameter(request, 'action');
  if (action === undefined) throw invalid('action', 'required', 'action is required');
  if (action !== 'hangup')
    throw new AppError('not_implemented', {
      message: `the action ${String(action)} is not known here: use hangup`,
    });
  const channel = await find(request);
  const answer = await request.services.bus.request(switchCommand, {
    Command: 'uuid_kill',
    Args: String(channel['uuid']),
    'FreeSWITCH-Node': String(channel['node'] ?? '*'),
  });
  if (answer.Result !== 'success' || answer.Response?.startsWith('-ERR'))
    throw new AppError('command_failed', {
      message: `the switch answered ${answer.Error ?? answer.Response}`,
    });
  return { data: shownChannel(channel) };
}
