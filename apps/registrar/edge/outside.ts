// Requests from phones, PBXs and carriers: authorised, then passed to a media server with the headers that say who calls.
import type { Authoriser } from './authorise.ts';
import type { Dispatcher } from './dispatcher.ts';
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
  const status = await request.proxy({
    destinations: [`sip:${userOf(request.uri)}${server.address}`],
    headers: headersFor(request, sender),
    silence: parts.options().dispatcher.probe_timeout * 2000,
  });
  // 408 is made by drachtio itself when nothing came back.
  if (status === 0 || status === 408) parts.dispatcher.note(server, undefined);
  else parts.dispatcher.sawAlive(server);
  return 'relayed';
}

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
