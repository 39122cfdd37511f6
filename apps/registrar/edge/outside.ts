// Requests from phones, PBXs and carriers: authorised, then passed to a media server with the headers that say who calls.
import type { Authoriser } from './authorise.ts';
import type { Destination, Failure } from './b2bua/index.ts';
import { isCredential, standsInFront } from './between.ts';
import type { Dispatcher, MediaServer } from './dispatcher.ts';
import type { Binding, Location } from './location.ts';
import type { EdgeOptions } from './options.ts';
import type { Probing } from './probing.ts';
import type { Incoming } from './sip.ts';
import type { Trusted } from './trusted.ts';
import { isIpLiteral, parseUri, uriOf } from './uri.ts';

export type Outcome = 'relayed' | 'challenged' | 'refused' | 'no_switch' | 'dropped' | 'unauthorisable';

export interface OutsideOptions {
  readonly location: Location;
  readonly trusted: Trusted;
  readonly authoriser: Authoriser;
  readonly dispatcher: Dispatcher;
  readonly probing: Probing;
  readonly options: () => EdgeOptions;
  readonly onStranger: (request: Incoming) => void;
}

/** Who sends a request, as the media server is told. */
interface Sender {
  readonly token: string;
  readonly isCarrier: boolean;
}

/** Answers or relays the request. Rejects only when drachtio fails. */
export async function relayOutside(parts: OutsideOptions, request: Incoming): Promise<Outcome> {
  const sender = senderBySource(parts, request) ?? (await senderByDigest(parts, request));
  if (typeof sender === 'string') return sender;
  const callId = request.header('call-id') ?? '';
  const server = await parts.probing.choose(callId);
  if (!server) {
    request.reply(503, { 'Retry-After': '5' }, 'No Media Server');
    return 'no_switch';
  }
  const headers = headersFor(request, sender);
  if (standsInFront(request, sender.isCarrier, server.host, parts.options()))
    await connect(parts, request, server, headers);
  else await proxy(parts, request, server, headers);
  return 'relayed';
}

async function proxy(
  { dispatcher, options }: OutsideOptions,
  request: Incoming,
  server: MediaServer,
  headers: Record<string, string>,
): Promise<void> {
  const destinations = [addressOf(request, server)];
  const status = await request.proxy({ destinations, headers, silence: silenceOf(options()) });
  // 408 is made by drachtio itself when nothing came back.
  if (status === 0 || status === 408) dispatcher.note(server, undefined);
  else dispatcher.sawAlive(server);
}

/** Stands between; a media server that is dead or full is passed over for the next one. */
async function connect(
  { dispatcher, probing, options }: OutsideOptions,
  request: Incoming,
  first: MediaServer,
  headers: Record<string, string>,
): Promise<void> {
  const tried = [first];
  const current = (): MediaServer => tried.at(-1) ?? first;
  const next = async (failure: Failure): Promise<Destination[]> => {
    if (isOwnRefusal(failure)) {
      if (failure.status === 503) dispatcher.note(current(), 503);
    } else if (failure.status !== 408 || !(await probing.isLost(current()))) return [];
    const server = await probing.choose(request.header('call-id') ?? '', tried);
    if (!server) return [];
    tried.push(server);
    return [{ uri: addressOf(request, server) }];
  };
  const status = await request.connect({
    destinations: [{ uri: addressOf(request, first) }],
    headers,
    withheld: isCredential,
    next,
    silence: silenceOf(options()),
    isLost: () => probing.isLost(current()),
  });
  if (status !== 408 && status !== 503) dispatcher.sawAlive(current());
}

/**
 * A media server says by itself that it is full, pauses or fails (or drachtio that it cannot be reached). Any other
 * answer is one of the callflow, and the call must not be made twice: it existed, so it has a Contact or a Reason.
 */
function isOwnRefusal({ status, answer }: Failure): boolean {
  if (![500, 502, 503, 504].includes(status)) return false;
  return answer?.headers['reason'] === undefined && answer?.headers['contact'] === undefined;
}

const silenceOf = ({ dispatcher }: EdgeOptions): number => dispatcher.probe_timeout * 2000;

const addressOf = (request: Incoming, { address }: MediaServer): string =>
  `sip:${userOf(request.uri)}${address};transport=udp`;

/** A registered contact or a trusted address needs no digest. */
function senderBySource({ location, trusted }: OutsideOptions, request: Incoming): Sender | undefined {
  const binding = bindingOf(request, location.from(request.source));
  if (binding) return { token: binding.token, isCarrier: false };
  const token = trusted.tokenOf(request.source);
  return token === undefined ? undefined : { token, isCarrier: true };
}

/**
 * Of the contacts that registered from this address the one that From names. A PBX calls with the numbers of its
 * people in From: where only one user registered from there, it is that one.
 */
function bindingOf(request: Incoming, bindings: readonly Binding[]): Binding | undefined {
  if (bindings.length === 0) return undefined;
  const from = parseUri(uriOf(request.header('from') ?? ''));
  const aor = from && `${from.user.toLowerCase()}@${from.host}`;
  const named = bindings.find((binding) => binding.aor === aor);
  if (named) return named;
  const [first] = bindings;
  return bindings.every((binding) => binding.aor === first?.aor) ? first : undefined;
}

async function senderByDigest(parts: OutsideOptions, request: Incoming): Promise<Sender | Outcome> {
  const from = parseUri(uriOf(request.header('from') ?? ''));
  if (!from || isIpLiteral(from.host)) {
    parts.onStranger(request);
    return 'dropped';
  }
  const realm = from.host;
  const answer = request.header('proxy-authorization') ?? request.header('authorization');
  const verdict = await parts.authoriser.check(request, realm, answer).catch(() => undefined);
  if (!verdict) {
    request.reply(503, { 'Retry-After': '5' }, 'Registrar Does Not Answer');
    return 'unauthorisable';
  }
  if (verdict.kind === 'accepted') return { token: verdict.credentials.token, isCarrier: false };
  const stale = verdict.kind === 'challenge' && verdict.stale;
  if (!stale) parts.onStranger(request);
  if (verdict.kind === 'refused') {
    request.reply(403);
    return 'refused';
  }
  request.reply(407, { 'Proxy-Authenticate': parts.authoriser.challenges(request, realm, stale) });
  return 'challenged';
}

/** contract/kamailio.md §6: the source for all, the dialled address and the caller for carriers. */
function headersFor(request: Incoming, { token, isCarrier }: Sender): Record<string, string> {
  const { host, port } = request.source;
  const common = { 'X-AUTH-IP': host, 'X-AUTH-PORT': String(port), 'X-AUTH-Token': token };
  if (!isCarrier) return common;
  const dialled = parseUri(request.uri);
  const from = parseUri(uriOf(request.header('from') ?? ''));
  const anonymous =
    !from || from.user === '' || /^anonymous$/i.test(from.user) || from.host === 'anonymous.invalid';
  return {
    ...common,
    'X-AUTH-URI-User': dialled?.user || telephoneNumber(request.uri) || 'unknown',
    'X-AUTH-URI-Realm': dialled?.host ?? host,
    'X-AUTH-From-User': from?.user || 'anonymous',
    'X-AUTH-From-Is-Anonymous': String(anonymous),
  };
}

/** `user@` for the URI under which a media server takes the request. */
function userOf(uri: string): string {
  const user = parseUri(uri)?.user || telephoneNumber(uri);
  return user ? `${user}@` : '';
}

/** The digits of a `tel:` URI. */
function telephoneNumber(uri: string): string | undefined {
  return /^tel:(\+?[\d.()-]+)/i.exec(uri)?.[1]?.replaceAll(/[.()-]/g, '');
}
