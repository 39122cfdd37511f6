// The structured header fields that a SIP element must understand: addresses, Via, CSeq and Digest.

import {
  formatHostPort,
  formatParams,
  type Params,
  parseHostPort,
  parseParams,
  splitOutside,
} from './params.ts';
import { SipParseError } from './parse-error.ts';

/** The value of From, To, Contact, Route and their like (RFC 3261 §20.10). `params` are the field's, not the URI's. */
export interface NameAddr {
  display?: string;
  /** The URI as written, or `*` in a Contact. */
  uri: string;
  params: Params;
}

/** Reads `"Name" <uri>;params` or `uri;params`. Throws `SipParseError`. */
export function parseNameAddr(text: string): NameAddr {
  const value = text.trim();
  const quoted = /^"((?:[^"\\]|\\.)*)"\s*/.exec(value);
  const open = value.indexOf('<', quoted?.[0].length ?? 0);
  if (open < 0) {
    if (quoted) throw new SipParseError('address', `a display name without <URI>: ${value}`);
    const semicolon = value.indexOf(';');
    const uri = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
    if (!/^[^\s"<>,]+$/.test(uri)) throw new SipParseError('address', `no URI in ${JSON.stringify(value)}`);
    return { uri, params: parseParams(semicolon < 0 ? '' : value.slice(semicolon)) };
  }
  const close = value.indexOf('>', open);
  if (close < 0) throw new SipParseError('address', `an opening < without its > in ${JSON.stringify(value)}`);
  const uri = value.slice(open + 1, close).trim();
  if (uri === '') throw new SipParseError('address', 'an empty URI between < and >');
  const tail = value.slice(close + 1).trim();
  if (tail !== '' && !tail.startsWith(';'))
    throw new SipParseError('address', `unexpected text after >: ${tail}`);
  const display = quoted ? (quoted[1] ?? '').replace(/\\(.)/g, '$1') : value.slice(0, open).trim();
  if (!quoted && display.includes('"')) throw new SipParseError('address', 'a quote that is not closed');
  return { ...(display === '' ? {} : { display }), uri, params: parseParams(tail) };
}

/** Writes an address, the display name quoted. */
export function formatNameAddr(address: NameAddr): string {
  if (address.uri === '*') return '*';
  const display = address.display === undefined ? '' : `"${address.display.replace(/["\\]/g, '\\$&')}" `;
  return `${display}<${address.uri}>${formatParams(address.params)}`;
}

/** The `tag` of a From or To value, or undefined. */
export function tagOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : parseNameAddr(value).params.get('tag');
}

/** One Via value (RFC 3261 §20.42). `protocol` is in upper case: UDP, TCP, … */
export interface Via {
  protocol: string;
  host: string;
  port?: number;
  params: Params;
}

/** Reads one Via value. Throws `SipParseError`. */
export function parseVia(text: string): Via {
  const match = /^\s*SIP\s*\/\s*2\.0\s*\/\s*([^\s/;,]+)\s+([^;]+)(;.*)?$/i.exec(text);
  const place = match?.[2] === undefined ? undefined : parseHostPort(match[2]);
  if (!match?.[1] || !place)
    throw new SipParseError('Via', `cannot be read: ${JSON.stringify(text.slice(0, 80))}`);
  return { protocol: match[1].toUpperCase(), ...place, params: parseParams(match[3] ?? '') };
}

/** Writes one Via value. */
export function formatVia(via: Via): string {
  return `SIP/2.0/${via.protocol} ${formatHostPort(via.host, via.port)}${formatParams(via.params)}`;
}

/** Reads a CSeq value; the number is below 2^31 (RFC 3261 §8.1.1.5). Throws `SipParseError`. */
export function parseCSeq(text: string): { number: number; method: string } {
  const match = /^(\d{1,20})\s+(\S+)$/.exec(text.trim());
  const number = Number(match?.[1]);
  if (!match?.[2] || !(number < 2 ** 31))
    throw new SipParseError('CSeq', `cannot be read: ${JSON.stringify(text)}`);
  return { number, method: match[2] };
}

/** A challenge or credentials: the scheme in lower case, and its parameters without quotes. */
export interface Auth {
  scheme: string;
  params: Params;
}

/** Reads WWW-Authenticate, Authorization and their Proxy- forms (RFC 7616). Throws `SipParseError`. */
export function parseAuth(text: string): Auth {
  const match = /^\s*([A-Za-z0-9-]+)\s+(.+)$/s.exec(text);
  if (!match?.[1] || !match[2]) throw new SipParseError('authorization', 'has no scheme and parameters');
  const params: Params = new Map();
  for (const part of splitOutside(match[2], ',')) {
    const at = part.indexOf('=');
    if (at < 1) throw new SipParseError('authorization', `a parameter without a value: ${part.slice(0, 40)}`);
    const raw = part.slice(at + 1).trim();
    const value = /^"(.*)"$/s.exec(raw)?.[1]?.replace(/\\(.)/g, '$1') ?? raw;
    params.set(part.slice(0, at).trim().toLowerCase(), value);
  }
  return { scheme: match[1].toLowerCase(), params };
}
