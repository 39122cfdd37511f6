// Devices that are not found by their account's realm stand in `sip_auth` as well (contract/crossbar.md §6.1).
import type { DocumentOf } from '../../../core/contract/index.ts';
import type { device } from '../../../core/documents/index.ts';
import { invalid, type RestRequest, removeCopy, type Services, writeCopy } from '../engine/index.ts';

type Sip = DocumentOf<typeof device>['sip'];

/**
 * Throws when a device would sign in as somebody else's: under the realm of another account, by a name that is taken in
 * a shared realm, or from an address that stands for another device (contract/crossbar.md §6.1).
 */
export async function checkForeign(
  { services: { store }, ...request }: RestRequest,
  sip: Sip,
  own: string | undefined,
): Promise<void> {
  const { realm, username, method, ip } = sip ?? {};
  const credentials = store.database('sip_auth');
  const fresh = { fresh: true };
  if (isForeign(request, realm)) {
    const key = realm.toLowerCase();
    const owners = await store.database('accounts').view('accounts', 'listing_by_realm', { key, ...fresh });
    if (owners.length > 0)
      throw invalid('sip.realm', 'unique', 'another account has this realm', { cause: realm });
    const names = await credentials.view('credentials', 'lookup', {
      key: [key, username?.toLowerCase()],
      ...fresh,
    });
    if (username !== undefined && names.some(({ id }) => id !== own))
      throw invalid('sip.username', 'unique', 'the name is taken in this realm', { cause: username });
  }
  if (method !== 'ip' || ip === undefined) return;
  const devices = await credentials.view<{ authorizing_type: string }>('credentials', 'lookup_by_ip', {
    key: ip,
    ...fresh,
  });
  if (devices.some(({ id, value }) => id !== own && value.authorizing_type === 'device'))
    throw invalid('sip.ip', 'unique', 'another device signs in from this address', { cause: ip });
}

function isForeign(request: Pick<RestRequest, 'account'>, realm: string | undefined): realm is string {
  return realm !== undefined && realm.toLowerCase() !== request.account?.realm?.toLowerCase();
}

/** Copies a device that signs in by address or under a realm of its own; a copy that is no longer needed goes. */
export async function copyToSipAuth(
  request: RestRequest,
  document: DocumentOf<typeof device>,
): Promise<void> {
  const { realm, method } = document.sip ?? {};
  if (!isForeign(request, realm) && method !== 'ip') return removeFromSipAuth(request.services, document._id);
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
