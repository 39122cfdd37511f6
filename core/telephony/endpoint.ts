// Builds the endpoints of a bridge from a merged endpoint: the phone, its call forward, or why it is not rung.
import { isRecord, type Static } from '../contract/index.ts';
import type { endpointSchema } from '../messages/dialplan.ts';
import { privacyOf } from './caller-id.ts';
import { formatNumber, type NumberSettings } from './numbers.ts';

/** One destination of a bridge or originate (contract/kapi.md, after `kapi_dialplan`). */
export type Endpoint = Static<typeof endpointSchema>;

/** Why an endpoint is not rung. */
export type SkippedReason =
  | 'disabled'
  | 'do_not_disturb'
  | 'calls_itself'
  | 'excluded_from_queues'
  | 'mobile_without_number'
  | 'not_dialable';

/** The call that is to ring an endpoint. */
export interface EndpointCall {
  readonly accountId: string;
  /** Realm of the account: where phones without a realm of their own register. */
  readonly realm: string;
  /** The endpoint that makes the call, when it is one of ours. */
  readonly authorizingId?: string | undefined;
  readonly callerIdNumber?: string | undefined;
  /** What was dialled: the `To-DID`. */
  readonly destination: string;
  /** True for a call from outside: external ringtone. */
  readonly offnet?: boolean | undefined;
}

/** What the action that rings wants. Seconds. */
export interface EndpointWishes {
  readonly timeout?: number | undefined;
  readonly delay?: number | undefined;
  readonly canCallSelf?: boolean | undefined;
  /** Reached through a group or queue, not dialled itself: forwards for direct calls only do not count. */
  readonly indirect?: boolean | undefined;
  readonly queue?: boolean | undefined;
  readonly ignoreEarlyMedia?: boolean | undefined;
  readonly customSipHeaders?: Readonly<Record<string, unknown>> | undefined;
  readonly numbers?: NumberSettings | undefined;
}

export type EndpointOutcome =
  | { readonly endpoints: readonly Endpoint[] }
  | { readonly skipped: SkippedReason };

type Json = Readonly<Record<string, unknown>>;

/** The endpoints to ring for `endpoint` (from `mergeEndpoint`), or why there is none. */
export function buildEndpoints(
  endpoint: Json,
  call: EndpointCall,
  wishes: EndpointWishes = {},
): EndpointOutcome {
  const skipped = skippedReason(endpoint, call, wishes);
  if (skipped) return { skipped };
  const forward = activeForward(endpoint, call, wishes);
  const phone = sipEndpoint(endpoint, call, wishes);
  if (!forward) return phone ? { endpoints: [phone] } : { skipped: 'not_dialable' };
  const away = forwardEndpoint(endpoint, forward, call, wishes);
  if (!phone) return { endpoints: [away] };
  if (forward['failover'] === true) return { endpoints: [{ ...phone, Failover: away }] };
  return { endpoints: forward['substitute'] === false ? [phone, away] : [away] };
}

function skippedReason(
  endpoint: Json,
  call: EndpointCall,
  wishes: EndpointWishes,
): SkippedReason | undefined {
  if (endpoint['enabled'] === false) return 'disabled';
  if (isOn(endpoint['do_not_disturb'])) return 'do_not_disturb';
  if (wishes.queue && endpoint['exclude_from_queues'] === true) return 'excluded_from_queues';
  const itself = endpoint['_id'] !== undefined && endpoint['_id'] === call.authorizingId;
  if (itself && !wishes.canCallSelf) return 'calls_itself';
  if (endpoint['device_type'] === 'mobile' && !textOf(recordOf(endpoint['mobile'])['mdn']))
    return 'mobile_without_number';
  return undefined;
}

/** The `call_forward` in force. One that leads back to the caller would ring for ever, so it does not count. */
function activeForward(endpoint: Json, call: EndpointCall, { indirect }: EndpointWishes): Json | undefined {
  const mobile = endpoint['device_type'] === 'mobile' ? recordOf(endpoint['mobile'])['mdn'] : undefined;
  if (mobile) return { number: mobile, keep_caller_id: true, require_keypress: false };
  const forward = recordOf(endpoint['call_forward']);
  const number = textOf(forward['number']);
  if (!isOn(forward) || !number || number === call.callerIdNumber) return undefined;
  return indirect && forward['direct_calls_only'] === true ? undefined : forward;
}

function sipEndpoint(endpoint: Json, call: EndpointCall, wishes: EndpointWishes): Endpoint | undefined {
  const sip = recordOf(endpoint['sip']);
  const media = recordOf(endpoint['media']);
  const route = textOf(sip['static_route']) ?? textOf(sip['route']);
  const user = textOf(sip['username']);
  const ip = sip['method'] === 'ip' ? textOf(sip['ip']) : undefined;
  if (!user && !route && !ip) return undefined;
  const format = route ? 'route' : inviteFormat(sip['invite_format']);
  const did = textOf(sip['number']) ?? call.destination;
  return defined({
    'Invite-Format': format,
    ...common(endpoint, call, wishes),
    'To-User': textOf(sip['static_invite']) ?? user,
    'To-Username': user,
    'To-Realm': textOf(sip['realm']) ?? call.realm,
    'To-DID': formatNumber(did, format, wishes.numbers),
    'To-IP': ip && (sip['port'] === undefined ? ip : `${ip}:${String(sip['port'])}`),
    Route: route,
    'Proxy-IP': textOf(sip['proxy']),
    'Forward-IP': textOf(sip['forward']),
    'SIP-Interface': textOf(sip['custom_sip_interface']),
    'SIP-Transport': textOf(sip['transport'])?.toLowerCase(),
    'Ignore-Completed-Elsewhere': flagOf(sip['ignore_completed_elsewhere']),
    'Ignore-Early-Media': wishes.ignoreEarlyMedia ?? flagOf(media['ignore_early_media']),
    'Endpoint-Progress-Timeout': numberOf(media['progress_timeout']),
    'Bypass-Media': media['bypass_media'],
    Codecs: codecs(media),
    'Custom-SIP-Headers': headers(endpoint, call, wishes),
    'Custom-Channel-Vars': channelVars(endpoint, call, 'device'),
  }) as Endpoint;
}

/** A forward is dialled again inside, as if the forwarded phone had called (contract/callflow.md §7). */
function forwardEndpoint(
  endpoint: Json,
  forward: Json,
  call: EndpointCall,
  wishes: EndpointWishes,
): Endpoint {
  const pressed = forward['require_keypress'] !== false;
  return defined({
    'Invite-Format': 'loopback',
    ...common(endpoint, call, wishes),
    'To-DID': textOf(forward['number']),
    'To-Realm': call.realm,
    'Bypass-Media': 'false',
    'Ignore-Early-Media': forward['ignore_early_media'] !== false || pressed,
    'Custom-SIP-Headers': headers(endpoint, call, wishes),
    'Custom-Channel-Vars': {
      ...channelVars(endpoint, call, 'callforward'),
      'Call-Forward': true,
      'Retain-CID': forward['keep_caller_id'] !== false,
      ...(pressed && {
        'Confirm-Key': '1',
        'Confirm-Cancel-Timeout': 2,
        'Confirm-File': 'ivr-group_confirm',
      }),
    },
  }) as Endpoint;
}

function common(endpoint: Json, call: EndpointCall, wishes: EndpointWishes): Record<string, unknown> {
  return {
    'Account-ID': call.accountId,
    'Endpoint-ID': textOf(endpoint['_id']),
    'Endpoint-Timeout': wishes.timeout,
    'Endpoint-Delay': wishes.delay,
    'Presence-ID': presenceId(endpoint, call),
    'Hold-Media': textOf(recordOf(endpoint['music_on_hold'])['media_id']),
    ...privacyOf(endpoint),
  };
}

function presenceId(endpoint: Json, { realm }: EndpointCall): string | undefined {
  const id = textOf(endpoint['presence_id']) ?? textOf(recordOf(endpoint['sip'])['username']);
  return id === undefined || id.includes('@') ? id : `${id}@${realm}`;
}

function channelVars(endpoint: Json, call: EndpointCall, type: string): Record<string, unknown> {
  return defined({
    'Account-ID': call.accountId,
    'Owner-ID': textOf(endpoint['owner_id']),
    'Authorizing-ID': textOf(endpoint['_id']),
    'Authorizing-Type': type,
  });
}

/** `custom_sip_headers` is flat, or has `in` and `out`; the ringtone goes into Alert-Info. */
function headers(endpoint: Json, call: EndpointCall, wishes: EndpointWishes): Json | undefined {
  const own = recordOf(recordOf(endpoint['sip'])['custom_sip_headers']);
  const sent = 'in' in own || 'out' in own ? recordOf(own['out']) : own;
  const tone = textOf(recordOf(endpoint['ringtones'])[call.offnet ? 'external' : 'internal']);
  const all = { ...sent, ...(tone && { 'Alert-Info': tone }), ...wishes.customSipHeaders };
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

function defined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

const isOn = (value: unknown): boolean => isRecord(value) && value['enabled'] === true;
const recordOf = (value: unknown): Json => (isRecord(value) ? value : {});
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const flagOf = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
