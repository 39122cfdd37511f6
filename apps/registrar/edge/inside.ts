// Requests from media servers: to the registered contacts of a user, to one contact, or on to where they are addressed.
import { standsBehind } from './between.ts';
import type { Binding, Location } from './location.ts';
import type { EdgeOptions } from './options.ts';
import type { Incoming, Listener } from './sip.ts';
import { isIpLiteral, parseUri, type SipUri, uriOf, uriParam } from './uri.ts';

export type Outcome = 'relayed' | 'unregistered' | 'invalid';

/** Passes the request on; 480 when nobody is registered. Rejects only when drachtio fails. */
export async function relayInside(
  location: Location,
  listeners: readonly Listener[],
  request: Incoming,
  options: EdgeOptions,
): Promise<Outcome> {
  const uri = parseUri(request.uri);
  if (!uri) {
    request.reply(416);
    return 'invalid';
  }
  const phones = phonesFor(location, listeners, request, uri);
  if (phones?.length === 0) {
    request.reply(480);
    return 'unregistered';
  }
  if (standsBehind(request, phones ?? [], options)) {
    // As the phone calls itself: it may know nothing of the address that others see.
    const called = phones?.map((phone) => ({ uri: phone.contact, route: wayTo(phone) }));
    await request.connect({ destinations: called ?? [{ uri: request.uri }] });
  } else await request.proxy({ destinations: phones?.map(wayTo) ?? [request.uri] });
  return 'relayed';
}

/** Empty when the request is for a user of ours who is not registered, undefined when it is for somebody else. */
function phonesFor(
  location: Location,
  listeners: readonly Listener[],
  request: Incoming,
  uri: SipUri,
): Binding[] | undefined {
  const named = request.header('x-kazoo-aor');
  const asked = named === undefined ? uri : parseUri(uriOf(named));
  const contacts = asked ? location.find(`${asked.user.toLowerCase()}@${asked.host}`) : [];
  const one = contacts.find(({ contact }) => isSameAddress(contact, uri));
  if (one) return [one];
  if (contacts.length > 0 || named !== undefined) return contacts;
  const single = location.withContact(uri.user, uri.host, uri.port);
  if (single) return [single];
  const ours = listeners.some(({ host, port }) => host === uri.host && port === (uri.port ?? 5060));
  return ours || location.knows(uri.host) ? [] : undefined;
}

/**
 * The URI by which a contact is reached: its user and parameters at the address that its REGISTER came from, which
 * is right behind a NAT, over TCP (the connection is used again) and through a proxy that added a Path.
 */
export function wayTo({ contact, source }: Binding): string {
  const uri = parseUri(contact);
  const user = uri?.user ? `${uri.user}@` : '';
  const host = source.host.includes(':') && !isIpLiteral(source.host) ? `[${source.host}]` : source.host;
  const params = (uri?.params ?? '')
    .split(';')
    .filter((param) => param !== '' && !/^(transport|maddr)(=|$)/i.test(param))
    .map((param) => `;${param}`)
    .join('');
  const transport = source.protocol === 'udp' ? '' : `;transport=${source.protocol}`;
  return `sip:${user}${host}:${source.port}${transport}${params}`;
}

function isSameAddress(contact: string, uri: SipUri): boolean {
  const other = parseUri(contact);
  if (other?.user !== uri.user || other.host !== uri.host || (other.port ?? 5060) !== (uri.port ?? 5060))
    return false;
  return (
    (uriParam(other, 'transport') ?? 'udp').toLowerCase() ===
    (uriParam(uri, 'transport') ?? 'udp').toLowerCase()
  );
}
