// REGISTER: who may register, for how long, and what the table of contacts becomes (RFC 3261 §10.3, RFC 3327, RFC 5626).
import type { Authoriser } from './authorise.ts';
import type { Credentials } from './credentials.ts';
import type { Binding, Location } from './location.ts';
import type { EdgeOptions } from './options.ts';
import type { Incoming } from './sip.ts';
import { isIpLiteral, parseAddress, parseUri, splitList, uriOf, uriParam } from './uri.ts';

export type Outcome =
  | 'registered'
  | 'unregistered'
  | 'fetched'
  | 'challenged'
  | 'refused'
  | 'brief'
  | 'invalid'
  | 'dropped'
  | 'unauthorisable';

export interface RegisterOptions {
  readonly location: Location;
  readonly authoriser: Authoriser;
  readonly options: () => EdgeOptions;
  /** A contact was saved (`first`: it was not known before) or removed. */
  readonly onSaved: (binding: Binding, first: boolean) => void;
  readonly onRemoved: (binding: Binding) => void;
  /** The request had no good credentials. */
  readonly onStranger: (request: Incoming) => void;
  readonly now?: () => number;
}

/** Who registers. */
interface Registrant {
  readonly aor: string;
  readonly username: string;
  readonly realm: string;
  readonly credentials: Credentials;
}

/** A change of the table that has been checked, to be made with the others of the request or not at all. */
type Change = { readonly save: Binding } | { readonly remove: Binding };

/** Refuses with a status; thrown so that nothing of the request is done. */
class Refusal extends Error {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, reason: string, fields: Readonly<Record<string, string>> = {}) {
    super(reason);
    this.status = status;
    this.fields = fields;
  }
}

/** Makes the handler. It answers the request, but for a scan; it never rejects. */
export function createRegister(parts: RegisterOptions): (request: Incoming) => Promise<Outcome> {
  return async (request) => {
    const to = parseUri(uriOf(request.header('to') ?? ''));
    if (!to || to.user === '') return answer(request, 400, 'Invalid To');
    // contract/kamailio.md §3: a realm must be a name; an address in its place is a scan or a mistake.
    if (isIpLiteral(to.host)) return 'dropped';
    const realm = to.host;
    let verdict: Awaited<ReturnType<Authoriser['check']>>;
    try {
      verdict = await parts.authoriser.check(request, realm, request.header('authorization'));
    } catch {
      request.reply(503, { 'Retry-After': '5' }, 'Registrar Does Not Answer');
      return 'unauthorisable';
    }
    if (verdict.kind !== 'accepted') {
      const stale = verdict.kind === 'challenge' && verdict.stale;
      if (!stale) parts.onStranger(request);
      request.reply(401, { 'WWW-Authenticate': parts.authoriser.challenges(request, realm, stale) });
      return verdict.kind === 'refused' ? 'refused' : 'challenged';
    }
    if (verdict.username.toLowerCase() !== to.user.toLowerCase())
      return answer(request, 403, 'Not Your Address');
    const aor = `${to.user.toLowerCase()}@${realm}`;
    return register(parts, request, { aor, username: to.user, realm, credentials: verdict.credentials });
  };
}

function answer(request: Incoming, status: number, reason: string): Outcome {
  request.reply(status, {}, reason);
  return status === 403 ? 'refused' : 'invalid';
}

function register(parts: RegisterOptions, request: Incoming, registrant: Registrant): Outcome {
  const { location } = parts;
  const now = (parts.now ?? Date.now)();
  try {
    const changes = changesOf(parts, request, registrant, now);
    for (const change of changes) {
      if ('remove' in change) remove(parts, change.remove);
      else parts.onSaved(change.save, location.save(change.save) === undefined);
    }
    keepWithinLimit(parts, registrant.aor, now);
    const path = request.header('path');
    request.reply(200, {
      Contact: contactsOf(location.find(registrant.aor, now), now),
      ...(path === undefined ? {} : { Path: path }),
    });
    if (changes.length === 0) return 'fetched';
    return changes.some((change) => 'save' in change) ? 'registered' : 'unregistered';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    request.reply(error.status, error.fields, error.message);
    return error.status === 423 ? 'brief' : 'invalid';
  }
}

function changesOf(parts: RegisterOptions, request: Incoming, registrant: Registrant, now: number): Change[] {
  const { location, options } = parts;
  const fields = splitList(request.header('contact') ?? '');
  const callId = request.header('call-id') ?? '';
  const cseq = Number.parseInt(request.header('cseq') ?? '', 10);
  const general = seconds(request.header('expires'));
  const checked = (before: Binding): Binding => {
    // §10.3 step 7: a request that was overtaken by a newer one of the same phone changes nothing.
    if (before.callId === callId && cseq < before.cseq) throw new Refusal(400, 'CSeq Is Out Of Order');
    return before;
  };
  if (fields.includes('*')) {
    if (fields.length > 1 || general !== 0) throw new Refusal(400, 'Contact * Needs Expires 0');
    return location.find(registrant.aor, now).map((before) => ({ remove: checked(before) }));
  }
  return fields.flatMap((field): Change[] => {
    const { uri, params } = parseAddress(field);
    const key = keyOf(uri, params);
    if (key === undefined) throw new Refusal(400, 'Invalid Contact');
    const before = location.get(registrant.aor, key);
    if (before) checked(before);
    const granted = grant(seconds(params.get('expires')) ?? general, options().expires);
    if (granted === 0) return before ? [{ remove: before }] : [];
    const save = {
      ...common(request, registrant),
      contact: uri,
      key,
      q: quality(params.get('q')),
      callId,
      cseq,
    };
    return [{ save: { ...save, granted, until: now + granted * 1000 } }];
  });
}

function common(request: Incoming, { aor, username, realm, credentials }: Registrant) {
  return {
    aor,
    username,
    realm,
    userAgent: request.header('user-agent') ?? '',
    from: uriOf(request.header('from') ?? ''),
    to: uriOf(request.header('to') ?? ''),
    path: request.header('path') ?? '',
    source: request.source,
    token: credentials.token,
    vars: credentials.vars,
  };
}

/** The granted seconds; refuses with 423 what is too brief. */
function grant(
  wanted: number | undefined,
  { minimum, maximum, default: usual }: EdgeOptions['expires'],
): number {
  if (wanted === 0) return 0;
  if (wanted !== undefined && wanted < minimum)
    throw new Refusal(423, 'Interval Too Brief', { 'Min-Expires': String(minimum) });
  return Math.min(wanted ?? usual, maximum);
}

/** Two Contacts with the same key replace each other: of one instance (RFC 5626 §6), or with the same address. */
export function keyOf(uri: string, params: ReadonlyMap<string, string>): string | undefined {
  const parsed = parseUri(uri);
  if (!parsed) return undefined;
  const instance = params.get('+sip.instance');
  if (instance) return `${instance} ${params.get('reg-id') ?? ''}`;
  const transport = (uriParam(parsed, 'transport') ?? 'udp').toLowerCase();
  return `${parsed.scheme}:${parsed.user}@${parsed.host}:${parsed.port ?? ''} ${transport}`;
}

/** A phone that takes a new address each time must not fill the table: its oldest contacts go. */
function keepWithinLimit(parts: RegisterOptions, aor: string, now: number): void {
  const contacts = parts.location.find(aor, now);
  if (contacts.length <= parts.options().contacts_per_user) return;
  const oldest = contacts.sort((a, b) => b.until - a.until).slice(parts.options().contacts_per_user);
  for (const binding of oldest) remove(parts, binding);
}

function remove({ location, onRemoved }: RegisterOptions, binding: Binding): void {
  if (location.remove(binding)) onRemoved(binding);
}

function contactsOf(bindings: readonly Binding[], now: number): string | undefined {
  if (bindings.length === 0) return undefined;
  return bindings
    .map(({ contact, q, until }) => {
      const quality = q < 1 ? `;q=${q}` : '';
      return `<${contact}>${quality};expires=${Math.max(1, Math.round((until - now) / 1000))}`;
    })
    .join(', ');
}

/** A count of seconds; anything unreadable is taken for absent (§20.19). */
function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d{1,10}\s*$/.test(text) ? Math.min(Number(text), 2 ** 31) : undefined;
}

function quality(text: string | undefined): number {
  const value = Number(text ?? 1);
  return value >= 0 && value <= 1 ? value : 1;
}
