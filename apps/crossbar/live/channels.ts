// Live channels, asked of all ecallmgr nodes over the bus.
import {
  queryAccountChannelsReq,
  queryChannelsReq,
  queryUserChannelsReq,
} from '../../../core/messages/call.ts';
import { snakeCase } from '../../../core/messages/snake-case.ts';
import { type RestRequest, targetAccount } from '../engine/index.ts';
import { ofNodes } from './patience.ts';

export type Channel = Record<string, unknown>;

/** Keys that are for the cluster and not for its customers. */
const internal = [
  'node',
  'realm',
  'account_id',
  'account_billing',
  'context',
  'control_queue',
  'fetch_id',
  'handling_locally',
  'import_moh',
  'is_authorized',
  'reseller_billing',
  'reseller_id',
  'switch_hostname',
  'switch_nodename',
  'switch_url',
  'media_server',
  'profile',
  'bridge_id',
  'dialplan',
  'precedence',
  'channel_authorized',
  'ecallmgr_node',
];

/** The channels of the account in the path. */
export async function accountChannels(request: RestRequest): Promise<Channel[]> {
  const id = targetAccount(request)._id;
  const answers = await request.services.bus.collect(
    queryAccountChannelsReq,
    { 'Account-ID': id, 'Active-Only': true },
    { timeout: ofNodes },
  );
  return distinct(answers.flatMap(({ Channels = [] }) => Channels));
}

/** The channels of all accounts, as they are. */
export async function allChannels({ services }: RestRequest): Promise<Channel[]> {
  const answers = await services.bus.collect(queryChannelsReq, { 'Active-Only': true }, { timeout: ofNodes });
  return distinct(answers.flatMap(({ Channels }) => Object.values(Channels) as Channel[]));
}

/** The channels that any of these devices authorised. */
export async function deviceChannels(request: RestRequest, devices: readonly string[]): Promise<Channel[]> {
  const realm = targetAccount(request).realm;
  if (devices.length === 0 || realm === undefined) return [];
  const answers = await request.services.bus.collect(
    queryUserChannelsReq,
    { Realm: realm, 'Authorizing-IDs': [...devices], 'Active-Only': true },
    { timeout: ofNodes },
  );
  return distinct(answers.flatMap(({ Channels = [] }) => Channels));
}

/** Several nodes may see the same switch: each channel once. */
function distinct(found: readonly Channel[]): Channel[] {
  const shown = found.map((fields) => snakeCase(fields) as Channel);
  return [...new Map(shown.map((channel) => [String(channel['uuid']), channel])).values()];
}

/** A channel without what is internal. */
export function shownChannel(channel: Channel): Channel {
  return Object.fromEntries(Object.entries(channel).filter(([key]) => !internal.includes(key)));
}
