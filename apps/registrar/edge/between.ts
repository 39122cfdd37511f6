// In which calls the edge is a back-to-back user agent. Elsewhere it is a proxy: an answered call then needs no edge.

import { isStandalone } from './b2bua/index.ts';
import { isReserved } from './inner.ts';
import type { Binding } from './location.ts';
import { contactLie, isApart, mayHold } from './nat.ts';
import type { EdgeOptions } from './options.ts';
import type { Incoming } from './sip.ts';
import { parseAddress } from './uri.ts';

/** What a call from outside does not take along: credentials that end here (RFC 3261 §22.3). */
export const isCredential = (name: string): boolean =>
  name === 'proxy-authorization' || name === 'authorization';

type Options = Pick<EdgeOptions, 'b2bua'>;

/** Whether a proxy may carry this request: it cannot take forged fields away. */
export function mayCarry(request: Incoming, { b2bua }: Options): boolean {
  if (!request.headerNames().some(isReserved)) return true;
  if (!mayHold(request.source)) return false;
  return standsAlways(request, b2bua) || (request.method === 'INVITE' && b2bua.includes('headers'));
}

/** Hides the inside: what the edge sends on is all its own. */
function standsAlways({ method }: Incoming, b2bua: readonly string[]): boolean {
  return b2bua.includes('always') && (method === 'INVITE' || isStandalone(method));
}

/** For a request from outside that goes to the media server at this host. */
export function standsInFront(
  request: Incoming,
  isCarrier: boolean,
  mediaServer: string,
  { b2bua }: Options,
): boolean {
  if (!mayHold(request.source)) return false;
  if (standsAlways(request, b2bua)) return true;
  if (request.method !== 'INVITE') return false;
  if (b2bua.includes('headers') && request.headerNames().some(isReserved)) return true;
  const credentials = request.header('proxy-authorization') ?? request.header('authorization');
  if (b2bua.includes('credentials') && credentials !== undefined) return true;
  if (b2bua.includes('transport') && isApart(request.source, mediaServer)) return true;
  // A proxy before us that stays in the dialog knows the way to its sender.
  if (!b2bua.includes('nat') || request.header('record-route') !== undefined) return false;
  const lie = contactLie(parseAddress(request.header('contact') ?? '').uri, request.source);
  return lie === 'inner' || (lie === 'elsewhere' && !isCarrier);
}

/** For a request of a media server that goes to these registered phones. */
export function standsBehind(request: Incoming, phones: readonly Binding[], { b2bua }: Options): boolean {
  if (![request, ...phones].every(({ source }) => mayHold(source))) return false;
  if (standsAlways(request, b2bua)) return true;
  if (request.method !== 'INVITE') return false;
  const isAway = ({ contact, source }: Binding): boolean => contactLie(contact, source) !== 'none';
  if (b2bua.includes('nat') && phones.some(isAway)) return true;
  return b2bua.includes('transport') && phones.some(({ source }) => isApart(source, request.source.host));
}
