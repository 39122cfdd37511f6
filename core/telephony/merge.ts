// Merges account, user and device into the one endpoint that a call deals with (contract/callflow.md §7).
import { isRecord } from '../contract/index.ts';

type Json = Readonly<Record<string, unknown>>;

/** A device (or user, or account) with everything it inherits. Keys as in the documents. */
export type MergedEndpoint = Json;

/** Settings that lower levels complete key by key: the device's value, else the user's, else the account's. */
const layered = [
  'caller_id_options',
  'call_recording',
  'call_waiting',
  'dial_plan',
  'formatters',
  'language',
  'media',
  'metaflows',
  'music_on_hold',
  'preflow',
  'ringtones',
  'timezone',
  'voicemail',
] as const;

/**
 * One endpoint: everything of the device (or of the user, or account, when there is none), completed by the levels
 * above. Rules of their own have: `enabled` (false anywhere), `do_not_disturb` (on for device or user), `call_forward`
 * (the device's when on, else the user's when on), `call_restriction` (a deny of account or user cannot be lifted),
 * `caller_id` (see below), `flags` (all of them), `name`, `owner_id`, `presence_id`, `sip.realm` (else the account's).
 */
export function mergeEndpoint(
  account: Json = {},
  user: Json = {},
  device?: Json | undefined,
): MergedEndpoint {
  const own: Json = device ?? (Object.keys(user).length > 0 ? user : account);
  const levels = [account, user, device ?? {}];
  const merged: Record<string, unknown> = { ...own };
  for (const key of layered) put(merged, key, deepMerge(levels.map((level) => level[key])));
  put(
    merged,
    'enabled',
    levels.every((level) => level['enabled'] !== false),
  );
  put(merged, 'do_not_disturb', { enabled: levels.slice(1).some((level) => isOn(level['do_not_disturb'])) });
  put(merged, 'call_forward', callForward(user, device));
  put(merged, 'call_restriction', restrictions(account, user, device ?? {}));
  put(merged, 'caller_id', callerIds(levels, fullName(user)));
  put(merged, 'flags', [...new Set(levels.flatMap((level) => listOf(level['flags'])))]);
  put(merged, 'name', own['name'] ?? fullName(user) ?? account['name']);
  put(merged, 'owner_id', device?.['owner_id'] ?? user['_id']);
  put(merged, 'presence_id', device?.['presence_id'] ?? user['presence_id']);
  put(merged, 'sip', defined({ realm: account['realm'], ...recordOf(own['sip']) }));
  return merged;
}

/**
 * `internal` and `asserted` are completed part by part, the user's full name standing in for a missing internal name.
 * `external` and `emergency` are taken as a pair from the nearest level that has a number, so that a name of one level
 * never goes out with a number of another.
 */
function callerIds(levels: readonly Json[], userName: string | undefined): Record<string, unknown> {
  const ids = levels.map((level) => (isRecord(level['caller_id']) ? level['caller_id'] : {}));
  const all = deepMerge(ids) as Record<string, unknown>;
  const nearest = (kind: string): unknown =>
    ids.map((id) => id[kind]).findLast((id) => isRecord(id) && id['number']) ?? all[kind];
  const internal = deepMerge([userName === undefined ? undefined : { name: userName }, all['internal']]);
  return defined({ ...all, internal, external: nearest('external'), emergency: nearest('emergency') });
}

function callForward(user: Json, device: Json | undefined): unknown {
  if (isOn(device?.['call_forward'])) return device?.['call_forward'];
  return isOn(user['call_forward']) ? user['call_forward'] : device?.['call_forward'];
}

/** `{classifier: {action: 'deny' | 'inherit'}}`; the action of the device counts where nothing above denies. */
function restrictions(account: Json, user: Json, device: Json): Record<string, unknown> {
  const result = { ...recordOf(account['call_restriction']), ...recordOf(user['call_restriction']) };
  Object.assign(result, recordOf(device['call_restriction']));
  for (const level of [account, user])
    for (const [classifier, rule] of Object.entries(recordOf(level['call_restriction'])))
      if (isRecord(rule) && rule['action'] === 'deny') result[classifier] = rule;
  return result;
}

function deepMerge(values: readonly unknown[]): unknown {
  const given = values.filter((value) => value !== undefined && value !== null && value !== '');
  if (!given.every(isRecord)) return given.at(-1);
  if (given.length === 0) return undefined;
  const keys = new Set(given.flatMap((value) => Object.keys(value)));
  return Object.fromEntries([...keys].map((key) => [key, deepMerge(given.map((value) => value[key]))]));
}

function fullName(user: Json): string | undefined {
  const parts = [user['first_name'], user['last_name']].filter((part) => typeof part === 'string' && part);
  return parts.length === 0 ? undefined : parts.join(' ');
}

function put(target: Record<string, unknown>, key: string, value: unknown): void {
  if (value === undefined) delete target[key];
  else target[key] = value;
}

function defined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

const isOn = (value: unknown): boolean => isRecord(value) && value['enabled'] === true;
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const recordOf = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
