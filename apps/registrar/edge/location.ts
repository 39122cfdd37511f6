// Who is where: the contacts of each address of record, with the way they can be reached by (RFC 3261 §10).
import { parseUri } from './uri.ts';

/** Where a request came from: for a phone behind a NAT the only way back. */
export interface Source {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
}

/** Another edge, which a phone registered at. */
export interface Owner {
  readonly node: string;
  readonly host: string;
  readonly port: number;
}

/** One registered contact. */
export interface Binding {
  /** `user@realm` in lower case. */
  readonly aor: string;
  /** As the phone spells them. */
  readonly username: string;
  readonly realm: string;
  readonly contact: string;
  /** Tells the contact from others of the same address of record. */
  readonly key: string;
  /** 0 to 1; the higher the better. */
  readonly q: number;
  readonly callId: string;
  readonly cseq: number;
  readonly userAgent: string;
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly source: Source;
  /** `<Authorizing-ID>@<Account-ID>`. */
  readonly token: string;
  readonly vars: Readonly<Record<string, unknown>>;
  /** Seconds that were granted, and epoch ms of the end. */
  readonly granted: number;
  readonly until: number;
  /** Absent when it registered here. */
  readonly owner?: Owner;
}

/** The table. Pure: it keeps no timer and does no input or output. */
export class Location {
  readonly #byAor = new Map<string, Map<string, Binding>>();
  readonly #bySource = new Map<string, Set<Binding>>();
  /** By the second in which they expire, so that a sweep looks only at what is due. */
  readonly #byExpiry = new Map<number, Set<Binding>>();
  /** `user@host:port` of the contact itself, for requests that are addressed to one contact. */
  readonly #byContact = new Map<string, Set<Binding>>();
  /** Every realm in which somebody has registered since the start. */
  readonly #realms = new Set<string>();
  #swept: number;
  #size = 0;

  constructor(now: number = Date.now()) {
    this.#swept = Math.floor(now / 1000) - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** The live contacts of an address of record, the preferred one first, then the newest. */
  find(aor: string, now: number = Date.now()): Binding[] {
    const all = this.#byAor.get(aor);
    if (!all) return [];
    return [...all.values()]
      .filter(({ until }) => until > now)
      .sort((a, b) => b.q - a.q || b.until - a.until);
  }

  get(aor: string, key: string): Binding | undefined {
    return this.#byAor.get(aor)?.get(key);
  }

  /**
   * The live contacts that registered from this very address. A connection to another edge says nothing of who comes
   * from that port here.
   */
  from(source: Source, now: number = Date.now()): Binding[] {
    const all = this.#bySource.get(sourceKey(source));
    if (!all) return [];
    return [...all].filter(({ until, owner }) => until > now && (!owner || source.protocol === 'udp'));
  }

  /** The newest live contact with this very address, of whomever. */
  withContact(
    user: string,
    host: string,
    port: number | undefined,
    now: number = Date.now(),
  ): Binding | undefined {
    const all = this.#byContact.get(`${user}@${host}:${port ?? 5060}`);
    return all && [...all].filter(({ until }) => until > now).sort((a, b) => b.until - a.until)[0];
  }

  /** Whether this is a realm of ours, as far as the edge has seen. */
  knows(realm: string): boolean {
    return this.#realms.has(realm);
  }

  /** Adds or replaces; returns the binding that was replaced. */
  save(binding: Binding): Binding | undefined {
    const before = this.get(binding.aor, binding.key);
    if (before) this.remove(before);
    const contacts = this.#byAor.get(binding.aor) ?? new Map<string, Binding>();
    this.#byAor.set(binding.aor, contacts.set(binding.key, binding));
    put(this.#bySource, sourceKey(binding.source), binding);
    put(this.#byExpiry, this.#secondOf(binding), binding);
    put(this.#byContact, contactKey(binding), binding);
    this.#realms.add(binding.realm);
    this.#size += 1;
    return before;
  }

  remove(binding: Binding): boolean {
    const contacts = this.#byAor.get(binding.aor);
    if (contacts?.get(binding.key) !== binding) return false;
    contacts.delete(binding.key);
    if (contacts.size === 0) this.#byAor.delete(binding.aor);
    take(this.#bySource, sourceKey(binding.source), binding);
    take(this.#byExpiry, this.#secondOf(binding), binding);
    take(this.#byContact, contactKey(binding), binding);
    this.#size -= 1;
    return true;
  }

  /** Removes what has expired and gives it back. */
  expire(now: number = Date.now()): Binding[] {
    const over: Binding[] = [];
    const last = Math.floor(now / 1000);
    for (let second = this.#swept + 1; second < last; second++)
      for (const binding of this.#byExpiry.get(second) ?? []) over.push(binding);
    for (const binding of over) this.remove(binding);
    this.#swept = Math.max(this.#swept, last - 1);
    return over;
  }

  /** All bindings of a realm, or of one user of it. */
  of(realm: string, username?: string): Binding[] {
    const domain = realm.toLowerCase();
    if (username !== undefined)
      return [...(this.#byAor.get(`${username.toLowerCase()}@${domain}`)?.values() ?? [])];
    const end = `@${domain}`;
    return [...this].filter(({ aor }) => aor.endsWith(end));
  }

  *[Symbol.iterator](): Iterator<Binding> {
    for (const contacts of this.#byAor.values()) yield* contacts.values();
  }

  /** Seconds that were swept already do not come again. */
  #secondOf({ until }: Binding): number {
    return Math.max(Math.floor(until / 1000), this.#swept + 1);
  }
}

function contactKey({ contact }: Binding): string {
  const uri = parseUri(contact);
  return uri ? `${uri.user}@${uri.host}:${uri.port ?? 5060}` : contact;
}

const sourceKey = ({ protocol, host, port }: Source): string => `${protocol} ${host} ${port}`;

function put<K>(index: Map<K, Set<Binding>>, key: K, binding: Binding): void {
  const set = index.get(key);
  if (set) set.add(binding);
  else index.set(key, new Set([binding]));
}

function take<K>(index: Map<K, Set<Binding>>, key: K, binding: Binding): void {
  const set = index.get(key);
  set?.delete(binding);
  if (set?.size === 0) index.delete(key);
}
