// Dedicated addresses of the cluster: which there are, who has them, taking and giving back.
import type { DocumentOf } from '../../../core/contract/index.ts';
import { accountDatabase, type Database, type StoredDocument } from '../../../core/couch/index.ts';
import { dedicatedIp } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  accountFields,
  auditFields,
  exclusive,
  type RestRequest,
  removeCopy,
  storedAs,
  typed,
  writeCopy,
} from '../engine/index.ts';

export type DedicatedIp = DocumentOf<typeof dedicatedIp>;

export const addresses = ({ services }: RestRequest): Database => services.store.database('dedicated_ips');

export async function findAddress(request: RestRequest, ip: string): Promise<DedicatedIp | undefined> {
  if (ip.startsWith('_')) return undefined;
  return typed(dedicatedIp, await addresses(request).find(ip, { fresh: true }));
}

/** An address as clients see it. */
export function shownAddress({ _id, pvt_zone, pvt_host, pvt_status, pvt_assigned_to }: DedicatedIp): object {
  return {
    id: _id,
    ip: _id,
    zone: pvt_zone,
    host: pvt_host,
    status: pvt_status,
    type: dedicatedIp.type,
    ...(pvt_assigned_to !== undefined && { assigned_to: pvt_assigned_to }),
  };
}

/** Adds an address to the pool. Rejects with `datastore_conflict` for one that is there. */
export async function addAddress(request: RestRequest, data: unknown): Promise<DedicatedIp> {
  const { ip, zone, host } = dedicatedIp.accept(data);
  return storedAs(
    dedicatedIp,
    await addresses(request).save({
      ...auditFields(request),
      _id: String(ip),
      pvt_type: dedicatedIp.type,
      pvt_zone: zone,
      pvt_host: host,
      pvt_status: 'available',
    } as StoredDocument),
  );
}

/** Removes an address for good. Rejects with `forbidden` while somebody has it. */
export async function removeAddress(request: RestRequest, found: DedicatedIp): Promise<void> {
  if (found.pvt_assigned_to !== undefined)
    throw new AppError('forbidden', { message: 'an account has the address', details: { cause: found._id } });
  await addresses(request).remove(found._id, { hard: true });
}

type Change = (before: DedicatedIp | undefined) => DedicatedIp | Refusal;

export interface Refusal {
  readonly code: 'not_found' | 'superfluous';
  readonly message: string;
}

/** An address that nobody has goes to the account; one of another account is as good as none. */
export const assignTo =
  (account: string): Change =>
  (before) => {
    if (before?.pvt_assigned_to === account) return { code: 'superfluous', message: 'ip already assigned' };
    if (before?.pvt_status !== 'available') return { code: 'not_found', message: 'ip not found' };
    return { ...before, pvt_status: 'assigned', pvt_assigned_to: account };
  };

export const releaseFrom =
  (account: string): Change =>
  (before) => {
    if (before?.pvt_assigned_to !== account) return { code: 'not_found', message: 'ip not found' };
    const { pvt_assigned_to: _, ...rest } = before;
    return { ...rest, pvt_status: 'available' };
  };

/**
 * Changes all addresses or none: what is wrong with one is told at `ips.<index>`. Answers `{success: {ip: address}}`.
 */
export function changeAddresses(
  request: RestRequest,
  ips: readonly string[],
  change: Change,
): Promise<Readonly<Record<'success', Readonly<Record<string, object>>>>> {
  return exclusive('dedicated_ips', async () => {
    const found = await Promise.all(ips.map((ip) => findAddress(request, ip)));
    const changed = found.map(change);
    const violations = changed.flatMap((one, index) =>
      'code' in one ? [{ ...one, path: `ips.${index}`, value: ips[index] }] : [],
    );
    if (violations.length > 0) throw new AppError('invalid_data', { details: { violations } });
    const before = new Map(found.flatMap((one) => (one ? [[one._id, one] as const] : [])));
    const success: [string, object][] = [];
    for (const one of changed as DedicatedIp[]) {
      const saved = await addresses(request).save({ ...one, ...auditFields(request) } as StoredDocument);
      await copy(request, before.get(one._id)?.pvt_assigned_to, storedAs(dedicatedIp, saved));
      success.push([one._id, shownAddress(storedAs(dedicatedIp, saved))]);
    }
    return { success: Object.fromEntries(success) };
  });
}

/** An account has a copy of what is its own: that is what it is charged for. */
async function copy(request: RestRequest, owner: string | undefined, saved: DedicatedIp): Promise<void> {
  const databaseOf = (account: string): Database => request.services.store.database(accountDatabase(account));
  const { pvt_assigned_to: next } = saved;
  if (owner !== undefined && owner !== next) await removeCopy(databaseOf(owner), saved._id);
  if (next !== undefined) await writeCopy(databaseOf(next), { ...saved, ...accountFields(next) });
}
