// Which addresses a request may go to: a customer's URL must not reach what only this machine may (SSRF).
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { AppError } from '../../core/errors/index.ts';
import { isWithin } from '../../core/telephony/index.ts';

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
];

export function isPrivate(address: string): boolean {
  return isWithin(address.replace(/^::ffff:(?=\d+\.)/i, ''), privateNetworks);
}

export function refusal(host: string, address: string): AppError {
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
