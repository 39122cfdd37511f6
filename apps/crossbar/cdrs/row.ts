// A CDR as a row of a list or of a CSV file, with its keys in Kazoo's order (contract/crossbar.md §6.3).
import { isRecord } from '../../../core/contract/index.ts';
import { fromGregorian, type StoredDocument } from '../../../core/couch/index.ts';

/** The keys of a row, in order. */
export const columns = [
  'id',
  'call_id',
  'caller_id_number',
  'caller_id_name',
  'callee_id_number',
  'callee_id_name',
  'duration_seconds',
  'billing_seconds',
  'timestamp',
  'hangup_cause',
  'other_leg_call_id',
  'owner_id',
  'to',
  'from',
  'direction',
  'request',
  'authorizing_id',
  'cost',
  'dialed_number',
  'calling_from',
  'datetime',
  'unix_timestamp',
  'unix_timestamp_micro',
  'rfc_1036',
  'iso_8601',
  'iso_8601_combined',
  'call_type',
  'rate',
  'rate_name',
  'bridge_id',
  'recording_url',
  'media_recordings',
  'media_server',
  'call_priority',
  'interaction_id',
] as const;

/** What stands among the channel's variables. */
const ofChannel: ReadonlySet<string> = new Set([
  'owner_id',
  'authorizing_id',
  'rate',
  'rate_name',
  'bridge_id',
  'recording_url',
  'call_priority',
]);

/** `offset` is the client's `utc_offset` in seconds, for `datetime`. */
export function cdrRow(document: StoredDocument, offset: number): Record<string, unknown> {
  const vars = isRecord(document['custom_channel_vars']) ? document['custom_channel_vars'] : {};
  const user = (uri: unknown): unknown => (typeof uri === 'string' ? uri.split('@')[0] : undefined);
  const own: Record<string, unknown> = {
    ...times(Number(document['timestamp'] ?? document.pvt_created), offset),
    id: document._id,
    direction: document['call_direction'],
    dialed_number: user(document['to']),
    calling_from: user(document['from']),
    cost: vars['cost'] ?? '0.0',
    call_type: vars['account_billing'] ?? '',
    media_recordings: Array.isArray(document['media_recordings'])
      ? document['media_recordings'].join(',')
      : '',
  };
  const row: Record<string, unknown> = {};
  // Not by copies of the document: lists have a hundred thousand of them.
  for (const key of columns)
    row[key] = (key in own ? own[key] : ofChannel.has(key) ? vars[key] : document[key]) ?? '';
  return row;
}

function times(timestamp: number, offset: number): Record<string, unknown> {
  const at = fromGregorian(timestamp);
  const iso = at.toISOString();
  const local = offset === 0 ? iso : new Date(at.getTime() + offset * 1000).toISOString();
  const unix = Math.floor(at.getTime() / 1000);
  return {
    timestamp,
    datetime: local.slice(0, 19).replace('T', ' '),
    unix_timestamp: unix,
    unix_timestamp_micro: unix * 1_000_000,
    rfc_1036: at.toUTCString(),
    iso_8601: iso.slice(0, 10),
    iso_8601_combined: `${iso.slice(0, 19)}Z`,
  };
}
