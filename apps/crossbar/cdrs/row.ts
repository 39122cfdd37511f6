// A CDR as a row of a list or of a CSV file, with its keys in Kazoo's order (contract/crossbar.md §6.3).
import { isRecord } from '../../../core/contract/index.ts';
import { fromGregorian, type StoredDocument } from '../../../core/couch/index.ts';

/** What the view `cdrs/crossbar_listing` says of a CDR: all that a row needs, so that no document is read for it. */
export type ListedCdr = Readonly<Record<string, unknown>>;

/** What a CDR has of the variables of its call. */
const fromVars = [
  'owner_id',
  'authorizing_id',
  'cost',
  'rate',
  'rate_name',
  'bridge_id',
  'recording_url',
  'call_priority',
];

/** The same of a document that was found another way. */
export function listedCdr(document: StoredDocument): ListedCdr {
  const vars = isRecord(document['custom_channel_vars']) ? document['custom_channel_vars'] : {};
  return {
    ...document,
    id: document._id,
    direction: document['call_direction'],
    timestamp: document['timestamp'] ?? document.pvt_created,
    call_type: vars['account_billing'],
    ...Object.fromEntries(fromVars.map((key) => [key, vars[key]])),
  };
}

/** `created` is the time of one that says none, `offset` the client's `utc_offset` in seconds, for `datetime`. */
export function cdrRow(listed: ListedCdr, created: number, offset: number): Record<string, unknown> {
  const timestamp = Number(listed['timestamp'] ?? created);
  const at = fromGregorian(timestamp);
  const iso = at.toISOString();
  const local = offset === 0 ? iso : new Date(at.getTime() + offset * 1000).toISOString();
  const unix = Math.floor(at.getTime() / 1000);
  const recordings = listed['media_recordings'];
  return {
    id: listed['id'],
    call_id: listed['call_id'] ?? '',
    caller_id_number: listed['caller_id_number'] ?? '',
    caller_id_name: listed['caller_id_name'] ?? '',
    callee_id_number: listed['callee_id_number'] ?? '',
    callee_id_name: listed['callee_id_name'] ?? '',
    duration_seconds: listed['duration_seconds'] ?? '',
    billing_seconds: listed['billing_seconds'] ?? '',
    timestamp,
    hangup_cause: listed['hangup_cause'] ?? '',
    other_leg_call_id: listed['other_leg_call_id'] ?? '',
    owner_id: listed['owner_id'] ?? '',
    to: listed['to'] ?? '',
    from: listed['from'] ?? '',
    direction: listed['direction'] ?? '',
    request: listed['request'] ?? '',
    authorizing_id: listed['authorizing_id'] ?? '',
    cost: listed['cost'] ?? '0.0',
    dialed_number: userOf(listed['to']),
    calling_from: userOf(listed['from']),
    datetime: local.slice(0, 19).replace('T', ' '),
    unix_timestamp: unix,
    unix_timestamp_micro: unix * 1_000_000,
    rfc_1036: at.toUTCString(),
    iso_8601: iso.slice(0, 10),
    iso_8601_combined: `${iso.slice(0, 19)}Z`,
    call_type: listed['call_type'] ?? '',
    rate: listed['rate'] ?? '',
    rate_name: listed['rate_name'] ?? '',
    bridge_id: listed['bridge_id'] ?? '',
    recording_url: listed['recording_url'] ?? '',
    media_recordings: Array.isArray(recordings) ? recordings.join(',') : '',
    media_server: listed['media_server'] ?? '',
    call_priority: listed['call_priority'] ?? '',
    interaction_id: listed['interaction_id'] ?? '',
  };
}

const userOf = (uri: unknown): string => (typeof uri === 'string' ? (uri.split('@', 1)[0] ?? '') : '');

/** The keys of a row, in order. */
export const columns = Object.keys(cdrRow({}, 0, 0));
