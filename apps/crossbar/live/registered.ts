// What a phone must learn at once: that its registration is no longer good, and that its configuration changed.

import { getAt } from '../../../core/contract/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { regFlush } from '../../../core/messages/registration.ts';
import { fsXmlFlush, notify } from '../../../core/messages/switch.ts';
import { dataObject, type RestRequest, targetAccount, targetDatabase } from '../engine/index.ts';
import { devicesOf } from './phones.ts';
import { tell } from './tell.ts';

/** Changes of these fields make a registration worthless. */
const credentials = ['sip.username', 'sip.password', 'sip.realm', 'sip.method', 'owner_id', 'enabled'];
/** Changes of these are for the phone to read. */
const settings = ['presence_id', 'media.encryption.enforce_security'];

const differs = (fields: readonly string[], before: object, after: object | undefined): boolean =>
  fields.some((field) => getAt(before, field) !== getAt(after, field));

/** Tells edge, switches and phone what changed of a device; `after` is undefined when it is gone. */
export async function tellOfDevice(
  request: RestRequest,
  before: object,
  after: object | undefined,
): Promise<void> {
  const worthless = differs(credentials, before, after);
  if (!worthless && !differs(settings, before, after)) return;
  await tellPhone(request, before, worthless);
}

/** The phones of a user whose login, presence or rights changed. */
export async function tellOfUser(
  request: RestRequest,
  before: object & { readonly _id: string },
  after: object | undefined,
): Promise<void> {
  const worthless = differs(['enabled'], before, after);
  if (!worthless && !differs([...settings, 'caller_id'], before, after)) return;
  const database = targetDatabase(request);
  const phones = await Promise.all((await devicesOf(database, before._id)).map((id) => database.find(id)));
  for (const phone of phones) if (phone) await tellPhone(request, phone, worthless);
}

/**
 * `sync` is no field of a device or user but an order: the phones are to read their configuration again. Taken out of what is
 * to be stored; `syncIfAsked` carries it out.
 */
export function dropOrder(next: Record<string, unknown>): void {
  delete next['sync'];
}

/** Asks the phones with these ids to read their configuration again, where the request says so. */
export async function syncIfAsked(request: RestRequest, ids: readonly string[]): Promise<void> {
  if (String(dataObject(request)['sync']) !== 'true') return;
  for (const id of ids) {
    const phone = await targetDatabase(request).find(id);
    const whom = phone && addressOf(request, phone);
    if (whom) await tell(request.services, notify, { Event: 'check-sync', ...whom });
  }
}

/** Where a phone is reached; undefined for one that does not register. */
function addressOf(request: RestRequest, phone: object | StoredDocument) {
  const username = getAt(phone, 'sip.username');
  const realm = getAt(phone, 'sip.realm') ?? targetAccount(request).realm;
  const isThere = typeof username === 'string' && typeof realm === 'string';
  return isThere ? { Username: username, Realm: realm } : undefined;
}

async function tellPhone(
  request: RestRequest,
  phone: object | StoredDocument,
  worthless: boolean,
): Promise<void> {
  const whom = addressOf(request, phone);
  if (!whom) return;
  // The phone is reached by its registration: first it is told, then forgotten.
  await tell(request.services, notify, { Event: 'check-sync', ...whom });
  await tell(request.services, fsXmlFlush, whom);
  if (worthless) await tell(request.services, regFlush, whom);
}
