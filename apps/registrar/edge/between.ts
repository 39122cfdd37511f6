// In which calls the edge is a back-to-back user agent. Elsewhere it is a proxy: an answered call then needs no edge.
import { isReserved } from './inner.ts';
import type { Binding } from './location.ts';
import { contactLie } from './nat.ts';
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
  return request.method === 'INVITE' && (b2bua.includes('headers') || b2bua.includes('always'));
}

/** For a request from outside that goes to a media server. */
export function standsInFront(request: Incoming, isCarrier: boolean, { b2bua }: Options): boolean {
  if (request.method !== 'INVITE') return false;
  if (b2bua.includes('always')) return true;
  if (b2bua.includes('headers') && request.headerNames().some(isReserved)) return true;
  const credentials = request.header('proxy-authorization') ?? request.header('authorization');
  if (b2bua.includes('credentials') && credentials !== undefined) return true;
  // A proxy before us that stays in the dialog knows the way to its sender.
  if (!b2bua.includes('nat') || request.header('record-route') !== undefined) return false;
  const lie = contactLie(parseAddress(request.header('contact') ?? '').uri, request.source);
  return lie === 'inner' || (lie === 'elsewhere' && !isCarrier);
}

/** For a request of a media server that goes to these registered phones. */
export function standsBehind(request: Incoming, phones: readonly Binding[], { b2bua }: Options): boolean {
  if (request.method !== 'INVITE') return false;
  if (b2bua.includes('always')) return true;
  const isAway = ({ contact, source }: Binding): boolean => contactLie(contact, source) !== 'none';
  return b2bua.includes('nat') && phones.some(isAway);
}
