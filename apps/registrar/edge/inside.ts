// Requests from media servers: to the registered contacts of a user, to one contact, or on to where they are addressed.
import type { Destination } from './b2bua/index.ts';
import { standsBehind } from './between.ts';
import type { Binding, Location } from './location.ts';
import type { EdgeOptions } from './options.ts';
import type { Incoming, Listener } from './sip.ts';
import { isIpLiteral, parseUri, type SipUri, uriOf, uriParam } from './uri.ts';

export type Outcome = 'relayed' | 'unregistered' | 'invalid';

export interface InsideOptions {
  readonly location: Location;
  readonly listeners: () => readonly Listener[];
  readonly options: () => EdgeOptions;
  /** Whether an edge answers at this URI. */
  readonly answers: (uri: string) => Promise<boolean>;
}

/** Where a request goes: the URI for a proxy, and for a call of our own who is called there and how. */
interface Way {
  readonly uri: string;
  readonly called: Destination;
}

/**
 * Passes the request on; 480 when nobody is registered. What another edge sent (`fromPeer`) goes to phones that
 * registered here alone. Rejects only when drachtio fails.
 */
export async function relayInside(
  parts: InsideOptions,
  request: Incoming,
  fromPeer: boolean,
): Promise<Outcome> {
  const uri = parseUri(request.uri);
  if (!uri) {
    request.reply(416);
    return 'invalid';
  }
  const known = phonesFor(parts.location, parts.listeners(), request, uri);
  const phones = fromPeer ? known?.filter(({ owner }) => !owner) : known;
  const ways = phones
    ? await waysTo(phones, parts.answers)
    : [{ uri: request.uri, called: { uri: request.uri } }];
  if (ways.length === 0) {
    request.reply(480);
    return 'unregistered';
  }
  const own = phones?.filter(({ owner }) => !owner) ?? [];
  if (standsBehind(request, own, parts.options()))
    await request.connect({ destinations: ways.map(({ called }) => called) });
  else await request.proxy({ destinations: ways.map((it) => it.uri) });
  return 'relayed';
}

/**
 * To a phone at the address that it registered from; to one of another edge through that edge, which alone has its connection
 * or its way through a NAT. When that edge is dead, a phone on UDP may be reached from here as well.
 */
async function waysTo(phones: readonly Binding[], answers: InsideOptions['answers']): Promise<Way[]> {
  const ways = new Map<string, Way>();
  const alive = new Map<string, boolean>();
  for (const phone of phones) {
    const { owner, username, realm, source } = phone;
    if (owner) {
      const at = `${owner.host}:${owner.port}`;
      const route = `sip:${at};transport=udp`;
      const through = alive.get(at) ?? (await answers(route));
      alive.set(at, through);
      if (through) {
        const uri = `sip:${username}@${at};transport=udp`;
        const headers = { 'X-KAZOO-AOR': `sip:${username}@${realm}` };
        ways.set(at, { uri, called: { uri, route, headers } });
      }
      if (through || source.protocol !== 'udp') continue;
    }
    // As the phone calls itself: it may know nothing of the address that others see.
    const uri = wayTo(phone);
    ways.set(phone.key, { uri, called: { uri: phone.contact, route: uri } });
  }
  return [...ways.values()];
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
  // Also UDP is said: a drachtio-server that is not told takes any transport it has.
  return `sip:${user}${host}:${source.port};transport=${source.protocol}${params}`;
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
