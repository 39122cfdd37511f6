// The phones of a user or a device as endpoints that can be rung.
import type { Database } from '../../../core/couch/index.ts';
import { device } from '../../../core/documents/index.ts';
import {
  type BridgeEndpoint,
  buildEndpoints,
  type MergedEndpoint,
  mergeEndpoint,
  type RingParameters,
} from '../../../core/telephony/index.ts';

/** Whose phones are rung, by the type of the document. */
export interface Owner {
  readonly type: 'device' | 'user';
  readonly id: string;
}

/** Ids of the devices of a user: owned, and signed in at. */
export async function devicesOf(database: Database, userId: string): Promise<string[]> {
  const rows = await database.view('devices', 'listing_by_owner', { key: userId });
  return [...new Set(rows.map(({ id }) => id))];
}

/** The endpoints of all phones of somebody; those that are not to be rung (disabled, do not disturb) are left out. */
export async function phonesOf(
  database: Database,
  { type, id }: Owner,
  parameters: RingParameters,
): Promise<BridgeEndpoint[]> {
  const ids = type === 'user' ? await devicesOf(database, id) : [id];
  const built = await Promise.all(
    ids.map(async (it) => {
      const merged = await mergedDevice(database, parameters.accountId, it);
      const endpoints = merged ? buildEndpoints(merged, parameters) : undefined;
      return endpoints && 'endpoints' in endpoints ? endpoints.endpoints : [];
    }),
  );
  return built.flat();
}

/** A device with what it inherits from its owner and the account. */
export async function mergedDevice(
  database: Database,
  accountId: string,
  id: string,
): Promise<MergedEndpoint | undefined> {
  const found = await database.find(id);
  if (found?.pvt_type !== device.type) return undefined;
  const owner = found['owner_id'];
  const [account, person] = await Promise.all([
    database.find(accountId),
    typeof owner === 'string' && owner !== '' ? database.find(owner) : undefined,
  ]);
  return mergeEndpoint(account, person, found);
}
