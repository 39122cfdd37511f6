// One gateway of a carrier as the endpoint of a bridge: number form, address, credentials, caller id.
import type { MessageOf } from '../../core/contract/index.ts';
import type { offnetReq } from '../../core/messages/resource.ts';
import {
  type BridgeEndpoint,
  type CallerId,
  encryptionVars,
  formatNumber,
  formatSipUri,
  type Numbering,
} from '../../core/telephony/index.ts';
import { count, given, type Json, orAbsent, record, text, texts } from './fields.ts';
import { applyFormatters } from './formatters.ts';
import type { Choice, Gateway } from './selection.ts';

export type OffnetRequest = MessageOf<typeof offnetReq>;

/** What all endpoints of one call share. */
export interface Formatting {
  readonly request: OffnetRequest;
  readonly numbers: Numbering;
  readonly emergency: boolean;
  readonly emergencyCaller: CallerId;
  readonly defaultCallerIdType: string;
  /** Seconds. */
  readonly progressTimeout: number;
  /** Channel variables of every outgoing leg. */
  readonly vars: Json;
}

/** The number as the gateway wants it, between its prefix and suffix. */
export function numberToSend(choice: Choice, gateway: Gateway, numbers: Numbering): string {
  const number = formatNumber(choice.number, gateway.invite_format, numbers);
  return `${choice.prefix ?? gateway.prefix ?? ''}${number}${choice.suffix ?? gateway.suffix ?? ''}`;
}

/**
 * `sip:number@server:port`, or the fixed route of the gateway; the invite format `username` calls the gateway's own
 * user name. Port 5060 is left out: it would rule out SRV records.
 */
export function routeOf(gateway: Gateway, number: string): string {
  if (gateway.route) return gateway.route;
  const user = gateway.invite_format === 'username' ? (text(gateway.username) ?? number) : number;
  const [, host = gateway.server, inServer] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(gateway.server) ?? [];
  const isAddress = /^[\da-f:]+$/i.test(gateway.server) && gateway.server.split(':').length > 2;
  const port = Number(isAddress ? (gateway.port ?? 5060) : (inServer ?? gateway.port ?? 5060));
  const place = isAddress ? gateway.server : host;
  return formatSipUri({ user, host: place, ...(port === 5060 ? {} : { port }) });
}

/** The endpoint to ring for one gateway. */
export function gatewayEndpoint(choice: Choice, gateway: Gateway, formatting: Formatting): BridgeEndpoint {
  const { request, numbers } = formatting;
  const { document, id, global } = choice.carrier;
  const caller = callerFor(choice, gateway, formatting);
  const endpoint = given({
    'Invite-Format': 'route',
    'To-DID': numberToSend(choice, gateway, numbers),
    'Callee-ID-Name': choice.number,
    'Callee-ID-Number': choice.number,
    'Outbound-Caller-ID-Name': caller.name,
    'Outbound-Caller-ID-Number': caller.number,
    'To-Realm': fromRealm(choice, gateway, request),
    'Auth-User': text(gateway.username),
    'Auth-Password': text(gateway.password),
    'Auth-Realm': text(gateway.realm),
    'Endpoint-Type': 'sip',
    'SIP-Interface': text(gateway.custom_sip_interface),
    'SIP-Invite-Parameters': orAbsent(inviteParameters(gateway, request)),
    'Custom-SIP-Headers': orAbsent(record(gateway.custom_sip_headers)),
    'Custom-Channel-Vars': {
      ...formatting.vars,
      ...encryptionVars(record(document.media)['encryption']),
      'Resource-ID': id,
      'Resource-Type': 'offnet-termination',
      'Global-Resource': String(global),
      ...(choice.emergency ? { 'Emergency-Resource': 'true' } : {}),
    },
    ...media(choice, gateway, formatting),
  }) as BridgeEndpoint;
  const format = { direction: 'outbound', inviteFormat: gateway.invite_format, numbers } as const;
  const formatted = applyFormatters(endpoint, document.formatters, format);
  return { ...formatted, Route: routeOf(gateway, formatted['To-DID'] ?? choice.number) };
}

function callerFor({ carrier: { document } }: Choice, gateway: Gateway, formatting: Formatting): CallerId {
  const { request, emergency, emergencyCaller, defaultCallerIdType } = formatting;
  const outbound = {
    name: request['Outbound-Caller-ID-Name'],
    number: request['Outbound-Caller-ID-Number'],
  };
  const type = emergency
    ? 'emergency'
    : (gateway.caller_id_type ?? document.caller_id_options?.type ?? defaultCallerIdType);
  if (type === 'emergency') return emergencyCaller.number === undefined ? outbound : emergencyCaller;
  if (type !== 'internal') return outbound;
  return {
    name: request['Caller-ID-Name'] ?? outbound.name,
    number: request['Caller-ID-Number'] ?? outbound.number,
  };
}

/** The host of the From header: the switch takes it from the realm of the endpoint. Undefined leaves it as it is. */
function fromRealm({ carrier: { document } }: Choice, gateway: Gateway, request: OffnetRequest) {
  const own = text(gateway.from_uri_realm) ?? text(document.from_uri_realm);
  const formats = gateway.format_from_uri ?? document.format_from_uri ?? request['Format-From-URI'] ?? false;
  if (document.from_account_realm === true && request['Account-Realm']) return request['Account-Realm'];
  if (formats) return own ?? request['From-URI-Realm'] ?? request['Account-Realm'] ?? text(gateway.realm);
  return text(gateway.realm);
}

/** What is said of media: by the gateway, else by the carrier. */
function media(
  { carrier: { document } }: Choice,
  gateway: Gateway,
  { request, progressTimeout }: Formatting,
) {
  const shared = record(document.media);
  const codecs = [gateway.codecs, record(shared['audio'])['codecs'], record(shared['video'])['codecs']];
  const bypass = gateway.bypass_media ?? shared['bypass_media'];
  const fax = gateway.media?.fax_option ?? shared['fax_option'];
  return {
    Codecs: orAbsent(gateway.codecs === undefined ? texts(codecs.slice(1).flat()) : texts(gateway.codecs)),
    'Bypass-Media': bypass === true ? true : undefined,
    'Endpoint-Progress-Timeout':
      gateway.progress_timeout ?? count(shared['progress_timeout']) ?? progressTimeout,
    'Ignore-Early-Media': shared['ignore_early_media'] === true ? true : undefined,
    'Enable-T38-Fax': fax === true && (request.Flags ?? []).includes('fax') ? true : undefined,
  };
}

/** Static parameters as they stand; dynamic ones are fields of the request, `{key, tag}` or their bare name. */
function inviteParameters({ invite_parameters: wanted }: Gateway, request: OffnetRequest): string[] {
  const dynamic = (wanted?.dynamic ?? []).flatMap((item): string[] => {
    const key = text(item) ?? text(record(item)['key']);
    const value = key === undefined ? undefined : (request as Json)[key];
    if (key === undefined || (typeof value !== 'string' && typeof value !== 'number')) return [];
    return [`${text(record(item)['tag']) ?? key.toLowerCase()}=${value}`];
  });
  return [...texts(wanted?.static), ...dynamic];
}
