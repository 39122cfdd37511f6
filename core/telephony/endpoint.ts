// Endpoints: what a device becomes when account, user and device are put together, and how it is rung (contract/callflow.md §7).
import type { Static } from 'typebox';
import { getAt, isRecord } from '../contract/index.ts';
import type { endpointSchema } from '../messages/dialplan.ts';

type Json = Readonly<Record<string, unknown>>;

/** A bridge endpoint as it stands in `bridge` and `originate` commands. */
export type BridgeEndpoint = Static<typeof endpointSchema>;

/** A device with everything it inherits. Keys as in the documents. */
export type MergedEndpoint = Json;

const inherited = [
  'call_forward',
  'call_recording',
  'call_restriction',
  'call_waiting',
  'caller_id',
  'caller_id_options',
  'dial_plan',
  'do_not_disturb',
  'flags',
  'formatters',
  'language',
  'media',
  'metaflows',
  'music_on_hold',
  'presence_id',
  'ringtones',
  'timezone',
  'voicemail',
] as const;

/**
 * The device as it acts in calls: account, then user, then device, the later winning key by key. Its own rules:
 * do-not-disturb and a denied classifier count wherever they are set; call forwarding is the device's when it is
 * enabled there, else the user's.
 */
export function mergeEndpoint(
  account: Json | undefined,
  user: Json | undefined,
  device: Json,
): MergedEndpoint {
  const merged: Record<string, unknown> = { ...device };
  for (const key of inherited) {
    const value = mergeValues([account?.[key], user?.[key], device[key]]);
    if (value !== undefined) merged[key] = value;
  }
  const sources = [account, user, device];
  merged['do_not_disturb'] = {
    enabled: sources.some((source) => getAt(source, 'do_not_disturb.enabled') === true),
  };
  merged['call_forward'] =
    [device, user].find((source) => getAt(source, 'call_forward.enabled') === true)?.['call_forward'] ?? {};
  merged['call_restriction'] = restrictions(sources);
  const realm = getAt(device, 'sip.realm') ?? account?.['realm'];
  merged['sip'] = { ...(isRecord(device['sip']) ? device['sip'] : {}), realm };
  return merged;
}

function mergeValues(values: readonly unknown[]): unknown {
  const given = values.filter((value) => value !== undefined && value !== null && value !== '');
  return given.reduce(
    (base, over) => (isRecord(base) && isRecord(over) ? mergeRecords(base, over) : over),
    undefined as unknown,
  );
}

function mergeRecords(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = mergeValues([base[key], value]);
  return merged;
}

/** `deny` wherever it stands beats `allow` and `inherit`. */
function restrictions(sources: readonly (Json | undefined)[]): Record<string, { action: string }> {
  const result: Record<string, { action: string }> = {};
  for (const source of sources) {
    const own = source?.['call_restriction'];
    for (const [name, rule] of Object.entries(isRecord(own) ? own : {})) {
      const action = isRecord(rule) ? rule['action'] : undefined;
      if (action === 'deny' || (typeof action === 'string' && result[name] === undefined))
        result[name] = { action };
    }
  }
  return result;
}

/** How an endpoint is rung by one action. Times in seconds. */
export interface RingParameters {
  readonly accountId: string;
  /** The device that calls, when it is one. */
  readonly callerId?: string | undefined;
  readonly can_call_self?: boolean | undefined;
  readonly delay?: number | undefined;
  readonly timeout?: number | undefined;
  readonly custom_sip_headers?: Json | undefined;
  readonly static_invite?: string | undefined;
  readonly suppress_clid?: boolean | undefined;
  readonly ringtone?: string | undefined;
  /** False in ring groups: a forward that is for direct calls only is not followed. */
  readonly direct?: boolean | undefined;
}

/** Endpoints to ring, or why this device is left out. */
export type BuiltEndpoints = { readonly endpoints: readonly BridgeEndpoint[] } | { readonly skipped: string };

/** The bridge endpoints of a merged device: its phone, its forward, or both. */
export function buildEndpoints(device: MergedEndpoint, parameters: RingParameters): BuiltEndpoints {
  const id = String(device['_id'] ?? '');
  if (device['enabled'] === false) return { skipped: 'the device is disabled' };
  if (getAt(device, 'do_not_disturb.enabled') === true) return { skipped: 'do not disturb is on' };
  if (id === parameters.callerId && parameters.can_call_self !== true)
    return { skipped: 'the device is the caller' };
  const forward = forwardEndpoint(device, parameters);
  if (
    forward &&
    getAt(device, 'call_forward.substitute') !== false &&
    getAt(device, 'call_forward.failover') !== true
  ) {
    return { endpoints: [forward] };
  }
  const phone = phoneEndpoint(device, parameters);
  const endpoints = [phone, forward].filter((endpoint) => endpoint !== undefined);
  return endpoints.length > 0
    ? { endpoints }
    : { skipped: 'the device has no SIP username, route or number' };
}

function phoneEndpoint(device: MergedEndpoint, parameters: RingParameters): BridgeEndpoint | undefined {
  const text = (path: string): string | undefined => {
    const value = getAt(device, path);
    return value === undefined || value === '' ? undefined : String(value);
  };
  const route = parameters.static_invite ?? text('sip.static_route') ?? text('sip.route');
  const username = text('sip.username');
  const format = inviteFormat(text('sip.invite_format'), route);
  if (format === 'route' ? route === undefined : username === undefined) return undefined;
  return dropUndefined({
    ...shared(device, parameters),
    'Invite-Format': format,
    'To-User': username,
    'To-Username': username,
    'To-Realm': text('sip.realm'),
    'To-DID': text('sip.number'),
    'To-IP': getAt(device, 'sip.method') === 'ip' ? text('sip.ip') : undefined,
    Route: route,
    'SIP-Transport': text('sip.transport'),
    'SIP-Interface': text('sip.custom_sip_interface'),
    Codecs: codecs(device),
    'Bypass-Media': getAt(device, 'media.bypass_media'),
    'Ignore-Early-Media': getAt(device, 'media.ignore_early_media'),
    'Endpoint-Progress-Timeout': getAt(device, 'media.progress_timeout'),
    'Ignore-Completed-Elsewhere': getAt(device, 'sip.ignore_completed_elsewhere'),
  });
}

function forwardEndpoint(device: MergedEndpoint, parameters: RingParameters): BridgeEndpoint | undefined {
  const number = getAt(device, 'call_forward.number');
  if (getAt(device, 'call_forward.enabled') !== true || typeof number !== 'string' || number === '')
    return undefined;
  if (getAt(device, 'call_forward.direct_calls_only') === true && parameters.direct === false)
    return undefined;
  const base = shared(device, parameters);
  const confirm = getAt(device, 'call_forward.require_keypress') !== false;
  return dropUndefined({
    ...base,
    'Invite-Format': 'loopback',
    'To-DID': number,
    'To-Realm': getAt(device, 'sip.realm'),
    Route: number,
    'Ignore-Early-Media': getAt(device, 'call_forward.ignore_early_media') !== false,
    'Custom-Channel-Vars': {
      ...base['Custom-Channel-Vars'],
      'Call-Forward': 'true',
      'Authorizing-Type': 'callforward',
      'Require-Ignore-Early-Media': 'true',
      'Retain-CID': String(getAt(device, 'call_forward.keep_caller_id') !== false),
      ...(confirm
        ? { 'Confirm-Key': '1', 'Confirm-Cancel-Timeout': '2', 'Confirm-File': 'ivr-group_confirm' }
        : {}),
    },
  });
}

function shared(device: MergedEndpoint, parameters: RingParameters): Partial<BridgeEndpoint> {
  const headers = {
    ...(isRecord(getAt(device, 'sip.custom_sip_headers.out'))
      ? (getAt(device, 'sip.custom_sip_headers.out') as Json)
      : plainHeaders(device)),
    ...parameters.custom_sip_headers,
    ...(parameters.ringtone ? { 'Alert-Info': parameters.ringtone } : {}),
  };
  return dropUndefined({
    'Account-ID': parameters.accountId,
    'Endpoint-ID': device['_id'],
    'Endpoint-Timeout': parameters.timeout,
    'Endpoint-Delay': parameters.delay === 0 ? undefined : parameters.delay,
    'Presence-ID': presenceId(device),
    'Callee-ID-Name': getAt(device, 'caller_id.internal.name') ?? device['name'],
    'Callee-ID-Number': getAt(device, 'caller_id.internal.number') ?? getAt(device, 'sip.username'),
    'Custom-SIP-Headers': Object.keys(headers).length > 0 ? headers : undefined,
    'Privacy-Hide-Number': parameters.suppress_clid === true ? true : undefined,
    'Privacy-Hide-Name': parameters.suppress_clid === true ? true : undefined,
    'Custom-Channel-Vars': dropUndefined({
      'Account-ID': parameters.accountId,
      'Authorizing-ID': device['_id'],
      'Authorizing-Type': 'device',
      'Owner-ID': device['owner_id'],
    }),
  });
}

// `custom_sip_headers` is either {in, out} or, as older documents have it, the outgoing headers themselves.
function plainHeaders(device: MergedEndpoint): Json {
  const headers = getAt(device, 'sip.custom_sip_headers');
  if (!isRecord(headers)) return {};
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => typeof value === 'string'));
}

function presenceId(device: MergedEndpoint): string | undefined {
  const id = device['presence_id'];
  if (typeof id !== 'string' || id === '') return undefined;
  return id.includes('@') ? id : `${id}@${String(getAt(device, 'sip.realm') ?? '')}`;
}

function codecs(device: MergedEndpoint): string[] | undefined {
  const list = getAt(device, 'media.audio.codecs');
  return Array.isArray(list) && list.length > 0 ? list.map(String) : undefined;
}

function inviteFormat(
  format: string | undefined,
  route: string | undefined,
): BridgeEndpoint['Invite-Format'] {
  if (route !== undefined) return 'route';
  const formats = ['contact', 'npan', '1npan', 'e164', 'strip_plus'] as const;
  return formats.find((known) => known === format) ?? 'username';
}

function dropUndefined(fields: Record<string, unknown>): BridgeEndpoint {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as BridgeEndpoint;
}
