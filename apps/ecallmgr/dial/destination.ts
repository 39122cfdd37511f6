// Where an endpoint is: its dial string without variables (contract/freeswitch.md §5).
import { AppError } from '../../../core/errors/index.ts';
import type { BridgeEndpoint } from '../../../core/telephony/endpoint.ts';
import { parseSipUri } from '../../../core/telephony/sip-uri.ts';
import { sipHost, sipUser } from '../freeswitch/index.ts';

/** The one SIP profile of a switch (contract/freeswitch.md §1), and the context that parks calls. */
export const profile = 'sipinterface_1';
export const context = 'context_2';

/** `sofia/…` or `loopback/…`. `proxy` is the edge, for everything that is found by registration. Throws `invalid_data`. */
export function destination(endpoint: BridgeEndpoint, proxy: string): string {
  if (isLoopback(endpoint)) return `loopback/${extension(endpoint)}/${context}`;
  if (endpoint['Invite-Format'] === 'route') return routed(endpoint);
  // By which transport a phone is reached is for the edge to know: the switch would want to speak it itself.
  return `sofia/${profile}/${user(endpoint)}@${host(endpoint)}${via(endpoint, proxy)}`;
}

/** Whether it is dialled inside, by its format or by a Route `loopback/<number>`. */
export const isLoopback = (endpoint: BridgeEndpoint): boolean =>
  endpoint['Invite-Format'] === 'loopback' ||
  (endpoint['Invite-Format'] === 'route' && loopback.test(endpoint.Route ?? ''));

const loopback = /^loopback\//;

/** The address of record whose registrations the edge rings; undefined when the call does not go to one. */
export function addressOfRecord(endpoint: BridgeEndpoint): string | undefined {
  const format = endpoint['Invite-Format'];
  if (format === 'loopback' || format === 'route' || endpoint['To-IP'] !== undefined) return undefined;
  const name = endpoint['To-Username'] ?? endpoint['To-User'];
  const realm = endpoint['To-Realm'];
  return name && realm ? `sip:${sipUser(name)}@${sipHost(realm)}` : undefined;
}

function extension(endpoint: BridgeEndpoint): string {
  const number = endpoint.Route?.replace(loopback, '') ?? endpoint['To-DID'] ?? endpoint['To-User'] ?? '';
  // mod_loopback cuts its string at `/`, and a number is all that belongs here.
  if (/^[A-Za-z0-9+*#._-]{1,64}$/.test(number)) return number;
  throw wrong(endpoint, `${JSON.stringify(number)} is not a number to dial`);
}

/** A carrier or another place that is known by its URI: straight from the switch, unless a proxy is named. */
function routed(endpoint: BridgeEndpoint): string {
  const route = endpoint.Route ?? '';
  const uri = parseSipUri(/^sips?:/i.test(route) ? route : `sip:${route}`);
  if (!uri || uri.host === '') throw wrong(endpoint, `${JSON.stringify(route)} is not a SIP URI`);
  const at = uri.user === undefined ? '' : `${sipUser(uri.user)}@`;
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  const transport = uri.params['transport'] ?? endpoint['SIP-Transport'];
  const over = transport && /^(udp|tcp|tls)$/.test(transport) ? `;transport=${transport}` : '';
  const hostname = uri.host.includes(':') ? `[${uri.host}]` : uri.host;
  return `sofia/${profile}/${uri.scheme}:${at}${hostname}${port}${over}${path(endpoint['Proxy-IP'])}`;
}

function user(endpoint: BridgeEndpoint): string {
  const name = endpoint['To-User'] ?? endpoint['To-Username'] ?? endpoint['To-DID'];
  const number = endpoint['To-DID'] ?? name;
  const digits = (number ?? '').replace(/^\+/, '');
  switch (endpoint['Invite-Format']) {
    case 'e164':
      return sipUser(`+${digits}`);
    case 'strip_plus':
      return sipUser(digits);
    case 'npan':
      return sipUser(digits.slice(-10));
    case '1npan':
      return sipUser(`1${digits.slice(-10)}`);
    case 'username':
    case 'contact':
    case 'forward':
      if (name !== undefined && name !== '') return sipUser(name);
      throw wrong(endpoint, 'it has no To-User');
    default:
      throw wrong(endpoint, `the invite format ${endpoint['Invite-Format']} is not supported`);
  }
}

function host(endpoint: BridgeEndpoint): string {
  const known = endpoint['To-IP'] ?? endpoint['To-Realm'];
  if (known === undefined || known === '') throw wrong(endpoint, 'it has no To-Realm');
  return sipHost(known);
}

function via(endpoint: BridgeEndpoint, proxy: string): string {
  return path(endpoint['Proxy-IP'] ?? endpoint['Forward-IP'] ?? proxy);
}

const path = (place: string | undefined): string =>
  place === undefined || place === '' ? '' : `;fs_path=sip:${sipHost(place.replace(/^sips?:/i, ''))}`;

function wrong(endpoint: BridgeEndpoint, why: string): AppError {
  const id = endpoint['Endpoint-ID'] ?? endpoint['To-User'] ?? endpoint.Route ?? '';
  return new AppError('invalid_data', {
    message: `endpoint ${JSON.stringify(id)} cannot be dialled: ${why}`,
  });
}
