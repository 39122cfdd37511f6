// The audit trail: what every request changed, by whom and from where, as documents of the account's month.
import { randomBytes } from 'node:crypto';
import { isRecord } from '../../../core/contract/index.ts';
import {
  accountIdOf,
  gregorian,
  monthDatabase,
  monthOf,
  type StoredDocument,
} from '../../../core/couch/index.ts';
import { audit_entry } from '../../../core/documents/index.ts';
import type { Written } from './recorder.ts';
import type { Auth, RestRequest } from './request.ts';

type Json = Readonly<Record<string, unknown>>;

/** One document as it was and as it is, as far as they differ; secrets are not shown. */
export interface Change {
  readonly database: string;
  readonly id: string;
  readonly type: string | undefined;
  readonly action: 'created' | 'edited' | 'deleted';
  readonly before: Json;
  readonly after: Json;
}

/** What a write changed. */
export function changeOf({ database, before, after }: Written): Change {
  const gone = after.pvt_deleted === true || after._deleted === true;
  const [was, is] = different(before ?? {}, gone ? {} : after);
  return {
    database,
    id: after._id,
    type: after.pvt_type ?? before?.pvt_type,
    action: gone ? 'deleted' : before === undefined ? 'created' : 'edited',
    before: was,
    after: is,
  };
}

/** Written by every request; who and when stands in the entry itself. */
const bookkeeping =
  /^(_|pvt_(modified|created|vsn|type|account_|request_id|is_auth|auth_|original_auth|alphanum))/;
const secretive =
  /(^pvt_|passw|passphrase|secret|credential|token|api_?key|private_?key|(^|_)(pins?|codes?)$)/i;
const redacted = '[redacted]';

/** The parts of two objects that differ. */
function different(before: Json, after: Json): [Json, Json] {
  const was: Record<string, unknown> = {};
  const is: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[key], after[key]];
    if (bookkeeping.test(key) && key !== '_attachments') continue;
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    if (isRecord(old) && isRecord(now) && !secretive.test(key)) [was[key], is[key]] = different(old, now);
    else {
      if (old !== undefined) was[key] = shown(key, old);
      if (now !== undefined) is[key] = shown(key, now);
    }
  }
  return [was, is];
}

function shown(key: string, value: unknown): unknown {
  if (secretive.test(key)) return redacted;
  if (Array.isArray(value)) return value.map((item) => shown('', item));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shown(name, inner)]));
}

/** What an entry says of a request beside its changes. */
export interface Outcome {
  readonly path: string;
  readonly status: number;
}

/** Parts of an entry larger than this many characters are left out: CouchDB takes documents of 8 MB. */
const largest = 1_000_000;

/** The entry of a request, and the database of the month it belongs to. */
export function auditEntry(
  { id, verb, clientIp, auth, account }: RestRequest,
  changes: readonly Change[],
  { path, status }: Outcome,
): { readonly database: string; readonly document: StoredDocument } | undefined {
  // What becomes of an account that is deleted can only be read in the account of who did it.
  const isGone = changes.some((change) => change.id === account?._id && change.action === 'deleted');
  const owner = (isGone ? undefined : account?._id) ?? auth?.account._id ?? ownerOf(changes);
  if (owner === undefined) return undefined;
  const now = new Date();
  const fits = JSON.stringify(changes).length <= largest;
  const document = {
    _id: `${monthOf(now)}-${randomBytes(16).toString('hex')}`,
    pvt_type: audit_entry.type,
    pvt_created: gregorian(now),
    timestamp: gregorian(now),
    request_id: id,
    verb,
    path,
    status,
    client_ip: clientIp,
    ...(auth && { who: whoOf(auth) }),
    changes: fits ? changes : changes.map((change) => ({ ...change, before: {}, after: {}, left_out: true })),
  };
  return { database: monthDatabase(owner, now), document };
}

/** Without a token it is the account whose document was changed, e.g. by who forgot a password. */
function ownerOf(changes: readonly Change[]): string | undefined {
  const name = changes.find(({ database }) => database.startsWith('account/'))?.database;
  return name === undefined ? undefined : accountIdOf(name);
}

function whoOf({ account, user, method, original }: Auth): Json {
  return {
    account_id: account._id,
    account_name: account.name,
    ...(user && { user_id: user._id, username: user.username ?? `${user.first_name} ${user.last_name}` }),
    method,
    ...(original && { original_account_id: original.accountId, original_user_id: original.ownerId }),
  };
}
