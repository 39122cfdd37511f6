// Who signs in, as channel variables: the documents behind a SIP user name become one set of CCVs.
import { getAt } from '../../core/contract/index.ts';
import type { StoredDocument } from '../../core/couch/index.ts';
import { encryptionVars } from '../../core/telephony/index.ts';

/** The documents behind a user name; `document` is a device, the `sys_info` of a PBX, or a carrier's `resource`. */
export interface Identity {
  readonly document: StoredDocument;
  readonly account: StoredDocument | undefined;
  readonly owner: StoredDocument | undefined;
  /** The realm that was asked for; the account's when nothing was asked. */
  readonly realm: string;
  readonly username: string | undefined;
}

export type ChannelVars = Readonly<Record<string, string | boolean>>;

/** The Custom-Channel-Vars of authn_resp and token_resp (contract/kapi.md, Registrations). */
export function channelVars({ document, account, owner, realm, username }: Identity): ChannelVars {
  // The account of a call from a carrier is that of the number, which routing finds out.
  const isCarrier = document.pvt_type === 'resource';
  const vars = {
    Username: username,
    Realm: realm,
    'Account-ID': isCarrier ? undefined : account?._id,
    'Account-Realm': isCarrier ? undefined : text(account, 'realm'),
    'Account-Name': isCarrier ? undefined : text(account, 'name'),
    'Authorizing-ID': document._id,
    'Authorizing-Type': document.pvt_type,
    'Resource-ID': isCarrier ? document._id : undefined,
    'Owner-ID': owner?._id,
    'Presence-ID': presenceId(document, owner, text(account, 'realm') ?? realm),
    'Suppress-Unregister-Notifications': flag(document, 'suppress_unregister_notifications'),
    'Register-Overwrite-Notify': flag(document, 'register_overwrite_notify'),
    'Pusher-Application': text(document, 'push.Token-App'),
    ...encryptionVars(getAt(document, 'media.encryption')),
  };
  return Object.fromEntries(
    Object.entries(vars).filter((entry): entry is [string, string | boolean] => entry[1] !== undefined),
  );
}

/** `id@realm`: the device's own, else its owner's. */
function presenceId(
  document: StoredDocument,
  owner: StoredDocument | undefined,
  realm: string,
): string | undefined {
  const id = text(document, 'presence_id') ?? text(owner, 'presence_id');
  return id === undefined || id.includes('@') ? id : `${id}@${realm}`;
}

/** A text at a path; undefined when it is absent, empty or something else. */
export function text(document: StoredDocument | undefined, path: string): string | undefined {
  const value = getAt(document, path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const flag = (document: StoredDocument, path: string): boolean | undefined =>
  getAt(document, path) === true ? true : undefined;
