// What a SIP message says, as the channel variables FreeSWITCH makes of it.

import {
  type Flow,
  formatHostPort,
  type NameAddr,
  parseNameAddr,
  parseUri,
  parseVia,
  type SipRequest,
  type SipUri,
} from '../../../sip/stack/index.ts';
import type { Channel } from '../channel.ts';

/** Header fields that are kept as `sip_h_NAME` beside all that begin with `X-` and `P-`. */
const KEPT_HEADERS = new Set(['diversion', 'referred-by', 'alert-info', 'history-info', 'call-info']);

export interface Party {
  name: string;
  number: string;
}

/** Who calls: Remote-Party-ID or P-Asserted-Identity when there is one, else From. */
export function callerOf(request: SipRequest): Party {
  const { headers } = request;
  const identity = headers.get('remote-party-id') ?? headers.get('p-asserted-identity');
  const from = parseNameAddr(headers.get('from') ?? '');
  const address = identity ? parseNameAddr(identity) : from;
  const number = userOf(address.uri) || userOf(from.uri);
  return { name: address.display ?? from.display ?? number, number };
}

export function userOf(uri: string): string {
  try {
    return decodeURIComponent(parseUri(uri).user ?? '');
  } catch {
    return parseUri(uri).user ?? '';
  }
}

/** Sets the variables of an INVITE that came in. */
export function setRequestVariables(channel: Channel, request: SipRequest, source: Flow): void {
  const { headers } = request;
  setPartyVariables(channel, request);
  setContactVariables(channel, headers.get('contact'));
  const via = parseVia(headers.get('via') ?? '');
  const fields: [string, string | undefined][] = [
    ['sip_full_via', headers.getAll('via').join(', ')],
    ['sip_call_id', headers.get('call-id')],
    ['sip_user_agent', headers.get('user-agent')],
    ['sip_subject', headers.get('subject')],
    ['sip_allow', headers.get('allow')],
    ['sip_via_protocol', via.protocol.toLowerCase()],
    ['sip_via_host', via.host],
    ['sip_via_port', via.port === undefined ? undefined : String(via.port)],
    ['sip_network_ip', source.remote.host],
    ['sip_network_port', String(source.remote.port)],
    ['sip_received_ip', source.remote.host],
    ['sip_received_port', String(source.remote.port)],
    ['sip_local_network_addr', source.local.host],
    ['max_forwards', headers.get('max-forwards')],
    ['sip_refer_to', headers.get('refer-to')],
    ['switch_r_sdp', request.body.length > 0 ? request.body.toString() : undefined],
  ];
  for (const [name, value] of fields) channel.set(name, value);
  for (const [name, value] of headers) {
    if (!/^[xp]-/i.test(name)) channel.set(`sip_i_${name.toLowerCase().replaceAll('-', '_')}`, value);
  }
  setHeaderVariables(channel, headers, 'sip_h_');
}

/** From, To and Request-URI of an INVITE, in either direction. */
export function setPartyVariables(channel: Channel, { headers, uri }: SipRequest): void {
  const from = parseNameAddr(headers.get('from') ?? '');
  const to = parseNameAddr(headers.get('to') ?? '');
  setUriVariables(channel, 'from', parseUri(from.uri));
  setUriVariables(channel, 'to', parseUri(to.uri));
  setUriVariables(channel, 'req', parseUri(uri));
  channel.set('sip_from_display', from.display);
  channel.set('sip_from_tag', from.params.get('tag'));
  channel.set('sip_full_from', headers.get('from'));
  channel.set('sip_full_to', headers.get('to'));
}

/** Keeps the header fields of a message that users may read under `prefix`. */
export function setHeaderVariables(
  channel: Channel,
  headers: Iterable<[string, string]>,
  prefix: string,
): void {
  for (const [name, value] of headers) {
    if (/^[xp]-/i.test(name) || KEPT_HEADERS.has(name.toLowerCase())) channel.set(prefix + name, value);
  }
}

function setUriVariables(channel: Channel, party: 'from' | 'to' | 'req', uri: SipUri): void {
  const user = uri.user ?? '';
  const place = formatHostPort(uri.host, uri.port);
  channel.set(`sip_${party}_user`, user);
  channel.set(`sip_${party}_host`, uri.host);
  channel.set(`sip_${party}_port`, uri.port === undefined ? undefined : String(uri.port));
  channel.set(`sip_${party}_uri`, user ? `${user}@${place}` : place);
}

export function setContactVariables(channel: Channel, value: string | undefined): void {
  if (!value || value === '*') return;
  const contact: NameAddr = parseNameAddr(value);
  const uri = parseUri(contact.uri);
  const place = formatHostPort(uri.host, uri.port);
  channel.set('sip_contact_user', uri.user);
  channel.set('sip_contact_host', uri.host);
  channel.set('sip_contact_port', uri.port === undefined ? undefined : String(uri.port));
  channel.set('sip_contact_uri', uri.user ? `${uri.user}@${place}` : place);
  channel.set(
    'sip_contact_params',
    [...uri.params].map(([key, param]) => (param ? `${key}=${param}` : key)).join(';'),
  );
}
