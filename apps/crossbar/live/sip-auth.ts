// Devices that are not found by their account's realm stand in `sip_auth` as well (contract/crossbar.md §6.1).
import type { DocumentOf } from '../../../core/contract/index.ts';
import type { device } from '../../../core/documents/index.ts';
import { type RestRequest, removeCopy, type Services, targetAccount, writeCopy } from '../engine/index.ts';

/** Copies a device that signs in by address or under a realm of its own; a copy that is no longer needed goes. */
export async function copyToSipAuth(
  request: RestRequest,
  document: DocumentOf<typeof device>,
): Promise<void> {
  const { realm, method } = document.sip ?? {};
  const foreign = realm !== undefined && realm.toLowerCase() !== targetAccount(request).realm?.toLowerCase();
  if (!foreign && method !== 'ip') return removeFromSipAuth(request.services, document._id);
  await writeCopy(request.services.store.database('sip_auth'), document);
}

/** Nobody signs in for an account that is gone. */
export async function removeAccountFromSipAuth({ store }: Services, accountId: string): Promise<void> {
  const database = store.database('sip_auth');
  const rows = await database.view('credentials', 'lookup_by_account', { key: accountId, fresh: true });
  for (const { id } of rows) await removeCopy(database, id);
}

export function removeFromSipAuth({ store }: Services, id: string): Promise<void> {
  return removeCopy(store.database('sip_auth'), id);
}
