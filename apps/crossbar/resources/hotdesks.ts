// hotdesks: who has signed in at which phone.
import { device, user } from '../../../core/documents/index.ts';
import {
  accountEndpoint,
  type DataReply,
  type ListReply,
  list,
  load,
  operation,
  pathParameter,
  type RestModule,
  type RestRequest,
  targetDatabase,
} from '../engine/index.ts';

const listing = { design: 'hotdesks', view: 'crossbar_listing' };

export const hotdesks: RestModule = {
  name: 'hotdesks',
  summary: 'Who has signed in at which phone',
  endpoints: [
    accountEndpoint('hotdesks', {
      GET: operation(
        'account',
        'All phones that somebody has signed in at',
        (request) => list(request, targetDatabase(request), listing),
        { list: true },
      ),
    }),
    accountEndpoint('users/:user_id/hotdesks', {
      GET: operation('account', 'The phones a user has signed in at', phonesOf, { list: true }),
    }),
    accountEndpoint('devices/:device_id/hotdesks', {
      GET: operation('account', 'The users who have signed in at a phone', usersAt),
    }),
  ],
};

async function phonesOf(request: RestRequest): Promise<ListReply> {
  const database = targetDatabase(request);
  const { _id: key } = await load(database, user, pathParameter(request, 'user_id'));
  return list(request, database, listing, { key });
}

async function usersAt(request: RestRequest): Promise<DataReply> {
  const database = targetDatabase(request);
  const { hotdesk } = await load(database, device, pathParameter(request, 'device_id'));
  const keys = Object.keys(hotdesk?.users ?? {});
  const rows = keys.length === 0 ? [] : await database.view('users', 'list_by_id', { keys });
  return { data: rows.map(({ value }) => value) };
}
