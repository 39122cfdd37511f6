// Builds the endpoints of a bridge from a merged endpoint: the phone, its call forward, or why it is not rung.
export { type MergedEndpoint, mergeEndpoint } from './merge.ts';

import { isRecord, type Static } from '../contract/index.ts';
import type { endpointSchema } from '../messages/endpoints.ts';
import { callerIdOf } from './caller-id.ts';
import { encryptionVars } from './encryption.ts';
import type { MergedEndpoint } from './merge.ts';
import { formatNumber, type NumberSettings } from './numbers.ts';

/** One destination of a bridge or originate (contract/kapi.md, after `kapi_dialplan`). */
export type BridgeEndpoint = Static<typeof endpointSchema>;

/** Why an endpoint is not rung. */
export type SkippedReason =
  | 'disabled'
  | 'do_not_disturb'
  | 'calls_itself'
  | 'excluded_from_queues'
  | 'mobile_without_number'
  | 'not_dialable';

/** How an endpoint is rung by one action (the keys in lower case are those of callflow actions). Times in seconds. */
export interface RingParameters {
  readonly accountId: string;
  /** The device that calls, when it is one of ours. */
  readonly callerId?: string | undefined;
  /** The number of who calls: a forward back to it is not followed. */
  readonly callerNumber?: string | undefined;
  /** What was dialled: the `To-DID` of endpoints that have no number of their own. */
  readonly destination?: string | undefined;
  /** True for a call from outside: the external ringtone. */
  readonly offnet?: boolean | undefined;
  /** False in groups and queues: a forward that is for direct calls only is not followed. */
  readonly direct?: boolean | undefined;
  /** Rung by a queue: `exclude_from_queues` counts. */
  readonly queue?: boolean | undefined;
  readonly can_call_self?: boolean | undefined;
  readonly delay?: number | undefined;
  readonly timeout?: number | undefined;
  readonly custom_sip_headers?: Json | undefined;
  /** The user part to invite, instead of the SIP user name. */
  readonly static_invite?: string | undefined;
  readonly suppress_clid?: boolean | undefined;
  /** Alert-Info instead of the endpoint's own ringtone. */
  readonly ringtone?: string | undefined;
  readonly numbers?: NumberSettings | undefined;
}

/** Endpoints to ring, or why this one is left out. */
export type BuiltEndpoints =
  | { readonly endpoints: readonly BridgeEndpoint[] }
  | { readonly skipped: SkippedReason };

type Json = Readonly<Record<string, unknown>>;

/** The endpoints to ring for what `mergeEndpoint` gave: its phone, its forward, or both; or why there is none. */
export function buildEndpoints(endpoint: MergedEndpoint, parameters: RingParameters): BuiltEndpoints {
  const skipped = skippedReason(endpoint, parameters);
  if (skipped) return { skipped };
  const forward = activeForward(endpoint, parameters);
  const phone = sipEndpoint(endpoint, parameters);
  if (!forward) return phone ? { endpoints: [phone] } : { skipped: 'not_dialable' };
  const away = forwardEndpoint(endpoint, forward, parameters);
  if (!phone) return { endpoints: [away] };
  if (forward['failover'] === true) return { endpoints: [{ ...phone, Failover: away }] };
  return { endpoints: forward['substitute'] === false ? [phone, away] : [away] };
}

function skippedReason(endpoint: Json, parameters: RingParameters): SkippedReason | undefined {
  if (endpoint['enabled'] === false) return 'disabled';
  if (isOn(endpoint['do_not_disturb'])) return 'do_not_disturb';
  if (parameters.queue && endpoint['exclude_from_queues'] === true) return 'excluded_from_queues';
  const itself = endpoint['_id'] !== undefined && endpoint['_id'] === parameters.callerId;
  if (itself && parameters.can_call_self !== true) return 'calls_itself';
  const isMobile = endpoint['device_type'] === 'mobile';
  return isMobile && !mobileNumber(endpoint) ? 'mobile_without_number' : undefined;
}

/** The `call_forward` in force; a mobile is reached by one to its number. */
function activeForward(endpoint: Json, { direct, callerNumber }: RingParameters): Json | undefined {
  const mobile = mobileNumber(endpoint);
  if (mobile) return { number: mobile, require_keypress: false };
  const forward = recordOf(endpoint['call_forward']);
  const number = textOf(forward['number']);
  // One that leads back to the caller would ring for ever.
  if (!isOn(forward) || !number || number === callerNumber) return undefined;
  return direct === false && forward['direct_calls_only'] === true ? undefined : forward;
}

function mobileNumber(endpoint: Json): string | undefined {
  return endpoint['device_type'] === 'mobile' ? textOf(recordOf(endpoint['mobile'])['mdn']) : undefined;
}

function sipEndpoint(endpoint: Json, parameters: RingParameters): BridgeEndpoint | undefined {
  const sip = recordOf(endpoint['sip']);
  const media = recordOf(endpoint['media']);
  const route = textOf(sip['static_route']) ?? textOf(sip['route']);
  const user = textOf(sip['username']);
  const ip = sip['method'] === 'ip' ? textOf(sip['ip']) : undefined;
  if (!user && !route && !ip) return undefined;
  const format = route ? 'route' : inviteFormat(sip['invite_format']);
  const did = textOf(sip['number']) ?? parameters.destination;
  return defined({
    'Invite-Format': format,
    ...common(endpoint, parameters),
    'To-User': parameters.static_invite ?? textOf(sip['static_invite']) ?? user,
    'To-Username': user,
    'To-Realm': textOf(sip['realm']),
    'To-DID': did === undefined ? undefined : formatNumber(did, format, parameters.numbers),
    'To-IP': ip && (sip['port'] === undefined ? ip : `${ip}:${String(sip['port'])}`),
    Route: route,
    'Proxy-IP': textOf(sip['proxy']),
    'Forward-IP': textOf(sip['forward']),
    'SIP-Interface': textOf(sip['custom_sip_interface']),
    'SIP-Transport': textOf(sip['transport'])?.toLowerCase(),
    'Ignore-Completed-Elsewhere': flagOf(sip['ignore_completed_elsewhere']),
    'Ignore-Early-Media': flagOf(media['ignore_early_media']),
    'Endpoint-Progress-Timeout': numberOf(media['progress_timeout']),
    'Bypass-Media': flagOf(media['bypass_media']),
    Codecs: codecs(media),
    'Custom-Channel-Vars': {
      ...channelVars(endpoint, parameters, 'device'),
      ...encryptionVars(media['encryption']),
    },
  });
}

/** A forward is dialled again inside, as if the forwarded phone had called (contract/callflow.md §7). */
function forwardEndpoint(endpoint: Json, forward: Json, parameters: RingParameters): BridgeEndpoint {
  const confirm = forward['require_keypress'] !== false;
  return defined({
    'Invite-Format': 'loopback',
    ...common(endpoint, parameters),
    'To-DID': textOf(forward['number']),
    'To-Realm': textOf(recordOf(endpoint['sip'])['realm']),
    Route: textOf(forward['number']),
    'Bypass-Media': false,
    'Ignore-Early-Media': forward['ignore_early_media'] !== false || confirm,
    'Custom-Channel-Vars': {
      ...channelVars(endpoint, parameters, 'callforward'),
      'Call-Forward': 'true',
      'Require-Ignore-Early-Media': 'true',
      'Retain-CID': String(forward['keep_caller_id'] !== false),
      ...(confirm && {
        'Confirm-Key': '1',
        'Confirm-Cancel-Timeout': '2',
        'Confirm-File': 'ivr-group_confirm',
      }),
    },
  });
}

function common(endpoint: Json, parameters: RingParameters): Record<string, unknown> {
  const callee = callerIdOf(endpoint, 'internal', { name: textOf(endpoint['name']) });
  return {
    'Account-ID': parameters.accountId,
    'Endpoint-ID': textOf(endpoint['_id']),
    'Endpoint-Timeout': parameters.timeout,
    'Endpoint-Delay': parameters.delay === 0 ? undefined : parameters.delay,
    'Presence-ID': presenceId(endpoint),
    'Callee-ID-Name': callee.name,
    'Callee-ID-Number': callee.number ?? textOf(recordOf(endpoint['sip'])['username']),
    'Hold-Media': musicOnHold(endpoint, parameters.accountId),
    'Custom-SIP-Headers': headers(endpoint, parameters),
    ...(parameters.suppress_clid && { 'Privacy-Hide-Name': true, 'Privacy-Hide-Number': true }),
  };
}

/** The Media-Name of `music_on_hold` of an endpoint or account: a document of the account, or a stream as it stands. */
export function musicOnHold(document: Json, accountId: string): string | undefined {
  const id = textOf(recordOf(document['music_on_hold'])['media_id']);
  return id === undefined || id.includes('/') ? id : `/${accountId}/${id}`;
}

function presenceId(endpoint: Json): string | undefined {
  const { username, realm } = recordOf(endpoint['sip']);
  const id = textOf(endpoint['presence_id']) ?? textOf(username);
  return id === undefined || id.includes('@') || !realm ? id : `${id}@${String(realm)}`;
}

function channelVars(endpoint: Json, { accountId }: RingParameters, type: string): Json {
  const id = textOf(endpoint['_id']);
  const owner = textOf(endpoint['owner_id']);
  return {
    'Account-ID': accountId,
    ...(owner && { 'Owner-ID': owner }),
    ...(id && { 'Authorizing-ID': id }),
    'Authorizing-Type': type,
  };
}

/** `custom_sip_headers` is flat, or has `in` and `out`; the ringtone goes into Alert-Info. */
function headers(endpoint: Json, parameters: RingParameters): Json | undefined {
  const own = recordOf(recordOf(endpoint['sip'])['custom_sip_headers']);
  const sent = 'in' in own || 'out' in own ? recordOf(own['out']) : own;
  const ringtone = textOf(recordOf(endpoint['ringtones'])[parameters.offnet ? 'external' : 'internal']);
  const tone = parameters.ringtone ?? ringtone;
  const all = { ...sent, ...parameters.custom_sip_headers, ...(tone && { 'Alert-Info': tone }) };
  return Object.keys(all).length === 0 ? undefined : all;
}

function codecs(media: Json): string[] | undefined {
  const lists = [recordOf(media['audio'])['codecs'], recordOf(media['video'])['codecs']];
  const names = lists.flat().filter((name): name is string => typeof name === 'string');
  return names.length === 0 ? undefined : names;
}

const formats = ['username', 'contact', 'npan', '1npan', 'e164', 'strip_plus', 'route'] as const;

function inviteFormat(value: unknown): (typeof formats)[number] {
  return formats.find((format) => format === value) ?? 'username';
}

function defined(fields: Record<string, unknown>): BridgeEndpoint {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as BridgeEndpoint;
}

const isOn = (value: unknown): boolean => isRecord(value) && value['enabled'] === true;
const recordOf = (value: unknown): Json => (isRecord(value) ? value : {});
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const flagOf = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
