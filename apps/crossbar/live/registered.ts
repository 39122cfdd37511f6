// What a phone must learn at once: that its registration is no longer good, and that its configuration changed.

import { getAt } from '../../../core/contract/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { regFlush } from '../../../core/messages/registration.ts';
import { fsXmlFlush, notify } from '../../../core/messages/switch.ts';
import { type RestRequest, targetAccount, targetDatabase } from '../engine/index.ts';
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

async function tellPhone(
  request: RestRequest,
  phone: object | StoredDocument,
  worthless: boolean,
): Promise<void> {
  const username = getAt(phone, 'sip.username');
  const realm = getAt(phone, 'sip.realm') ?? targetAccount(request).realm;
  if (typeof username !== 'string' || typeof realm !== 'string') return;
  const whom = { Username: username, Realm: realm };
  // The phone is reached by its registration: first it is told, then forgotten.
  await tell(request.services, notify, { Event: 'check-sync', ...whom });
  await tell(request.services, fsXmlFlush, whom);
  if (worthless) await tell(request.services, regFlush, whom);
}
