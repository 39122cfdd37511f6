// Whether a sender can be reached at the Contact that it names (RFC 3581, RFC 5626 §1), and by the socket of a media server.
import { isIP } from 'node:net';
import { isWithin } from '../../../core/telephony/index.ts';
import type { Source } from './location.ts';
import { parseUri } from './uri.ts';

/** Addresses that mean something inside of one network only (RFC 1918, 6598, 3927, 4193). */
const inner = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
];

/**
 * Whether two ends speak by different sockets of the server: a proxy on drachtio-server writes one Record-Route, by which
 * only one of them finds back. UDP and TCP of one IP version share address and port.
 */
export function isApart(phone: Source, mediaServer: string): boolean {
  const plain = phone.protocol === 'udp' || phone.protocol === 'tcp';
  return !plain || phone.host.includes(':') !== mediaServer.includes(':');
}

/**
 * Whether the server can hold a dialog with a phone: drachtio-server 0.9.10 takes each on UDP over IPv6 for one behind a
 * NAT, writes its address without brackets, and ends.
 */
export const mayHold = ({ protocol, host }: Source): boolean => protocol !== 'udp' || !host.includes(':');

/** Where a Contact points to, beside where its sender is. */
export type Lie = 'none' | 'elsewhere' | 'inner';

/**
 * `inner`: an address of some private network that is not the sender's own; nobody can be there. `elsewhere`: another
 * address; a phone is not there, but a carrier may well have its calls go on at another machine of its own. Names are
 * believed, and so is another port on the same host: drachtio would take that one from the Contact in any case.
 */
export function contactLie(contact: string, { host: source }: Source): Lie {
  const host = parseUri(contact)?.host.replace(/^\[|\]$/g, '') ?? '';
  // A browser, which knows no address of its own (RFC 7118 §5).
  if (host.endsWith('.invalid')) return 'inner';
  if (isIP(host) === 0 || host === source) return 'none';
  return isWithin(host, inner) ? 'inner' : 'elsewhere';
}
