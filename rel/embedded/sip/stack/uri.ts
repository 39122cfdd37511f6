// SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966).

import { formatHostPort, formatParams, type Params, parseHostPort, parseParams } from './params.ts';
import { SipParseError } from './parse-error.ts';

/** A parsed URI. `user` stays escaped as it was written; a tel URI has its number in `user` and an empty `host`. */
export interface SipUri {
  scheme: string;
  user?: string;
  password?: string;
  host: string;
  port?: number;
  params: Params;
  /** What follows `?`, as written. */
  headers?: string;
}

/** Reads a URI. Throws `SipParseError` for one that is malformed or of another scheme than sip, sips or tel. */
export function parseUri(text: string): SipUri {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(.+)$/.exec(text.trim());
  const scheme = match?.[1]?.toLowerCase();
  if (!match?.[2] || (scheme !== 'sip' && scheme !== 'sips' && scheme !== 'tel')) {
    throw new SipParseError('URI', `not a sip, sips or tel URI: ${clip(text)}`, 416);
  }
  const rest = match[2];
  if (/[\s<>"]/.test(rest))
    throw new SipParseError('URI', `has a character that must be escaped: ${clip(text)}`);
  return scheme === 'tel' ? telUri(rest) : sipUri(scheme, rest, text);
}

function telUri(rest: string): SipUri {
  const at = rest.indexOf(';');
  const user = at < 0 ? rest : rest.slice(0, at);
  return { scheme: 'tel', user, host: '', params: at < 0 ? new Map() : parseParams(rest.slice(at)) };
}

function sipUri(scheme: string, rest: string, text: string): SipUri {
  // The user part may hold `;` and `?`, so the `@` is looked for first.
  const at = rest.lastIndexOf('@');
  const userinfo = at < 0 ? undefined : rest.slice(0, at);
  let tail = rest.slice(at + 1);
  const uri: SipUri = { scheme, host: '', params: new Map() };
  const question = tail.indexOf('?');
  if (question >= 0) {
    uri.headers = tail.slice(question + 1);
    tail = tail.slice(0, question);
  }
  const semicolon = tail.indexOf(';');
  if (semicolon >= 0) {
    uri.params = parseParams(tail.slice(semicolon));
    tail = tail.slice(0, semicolon);
  }
  const place = parseHostPort(tail);
  if (!place) throw new SipParseError('URI', `has no valid host and port: ${clip(text)}`);
  uri.host = place.host;
  if (place.port !== undefined) uri.port = place.port;
  if (userinfo !== undefined) {
    const colon = userinfo.indexOf(':');
    uri.user = colon < 0 ? userinfo : userinfo.slice(0, colon);
    if (colon >= 0) uri.password = userinfo.slice(colon + 1);
  }
  return uri;
}

/** Writes a URI. */
export function formatUri(uri: SipUri): string {
  if (uri.scheme === 'tel') return `tel:${uri.user ?? ''}${formatParams(uri.params)}`;
  const password = uri.password === undefined ? '' : `:${uri.password}`;
  const userinfo = uri.user === undefined ? '' : `${uri.user}${password}@`;
  const headers = uri.headers === undefined ? '' : `?${uri.headers}`;
  return `${uri.scheme}:${userinfo}${formatHostPort(uri.host, uri.port)}${formatParams(uri.params)}${headers}`;
}

function clip(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
