// Which addresses a request to a URL of others may go to: it must not reach what only this machine may (SSRF).
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { AppError } from '../errors/index.ts';
import { isWithin } from '../telephony/index.ts';

/** Networks that are no part of the internet (RFC 6890). */
const privateNetworks = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/127',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
  // Ways to write an IPv4 address that lead where nobody can say beforehand (RFC 8215, RFC 7526).
  '64:ff9b:1::/48',
  '2002::/16',
];

/** An IPv4 address behind a translator (RFC 6052), as the URL parser and the resolver write it. */
const translated = /^64:ff9b::(?:([\da-f]{1,4}):)?([\da-f]{1,4})$/i;

export function isPrivate(address: string): boolean {
  const [, high = '0', low] = translated.exec(address) ?? [];
  if (low !== undefined) return isPrivate(`::ffff:${high}:${low}`);
  return isWithin(address.replace(/^::ffff:(?=\d+\.)/i, ''), privateNetworks);
}

function refusal(host: string, address: string): AppError {
  const what = host === address ? address : `${host} (${address})`;
  return new AppError('forbidden', { message: `${what} is no public address` });
}

/** Throws `forbidden` when a host that is an address is a private one; names are judged when they are looked up. */
export function checkHost(hostname: string): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isPrivate(host)) throw refusal(host, host);
}

/** Looks names up as the system does, and refuses private addresses: what was judged is what is connected to. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '');
    const bad = addresses.find(({ address }) => isPrivate(address));
    if (bad) return callback(refusal(hostname, bad.address) as NodeJS.ErrnoException, '');
    if (options.all) return callback(null, addresses);
    const [first] = addresses;
    return callback(null, first?.address ?? '', first?.family);
  });
};
