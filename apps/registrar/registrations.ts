// Who is registered where: a table filled by reg_success, by realm, user and contact.
import type { MessageOf } from '../../core/contract/index.ts';
import type { regSuccess } from '../../core/messages/registration.ts';

/** The fields of reg_success, with `Expires` as the edge granted it. */
export type Registration = Readonly<Record<string, unknown>> & {
  readonly Realm: string;
  readonly Username: string;
  readonly Contact: string;
};

interface Entry {
  readonly fields: Registration;
  /** Epoch ms. */
  readonly until: number;
}

/** Headers of the message, which are nobody's business in an answer. */
const envelope = new Set([
  'App-Name',
  'App-Version',
  'Event-Category',
  'Event-Name',
  'Msg-ID',
  'Server-ID',
  'Node',
  'Status',
]);

/** The table. Nothing is told of expiry: an edge tells its expired contacts, and what is over is not found. */
export class Registrations {
  /** By `user@realm` in lower case, then by contact. */
  readonly #users = new Map<string, Map<string, Entry>>();
  readonly #realms = new Map<string, Set<string>>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Takes a reg_success: saves its contact, or removes it when it has expired. */
  take(message: MessageOf<typeof regSuccess>): void {
    const [realm, aor] = keysOf(message.Realm, message.Username);
    const expires = Number(message.Expires);
    const gone = message.Status === 'Unregistered' || !(expires > 0);
    const contacts = this.#users.get(aor) ?? new Map<string, Entry>();
    if (gone) contacts.delete(message.Contact);
    else contacts.set(message.Contact, { fields: fieldsOf(message), until: this.#now() + expires * 1000 });
    if (contacts.size === 0) this.#forget(realm, aor);
    else {
      this.#users.set(aor, contacts);
      const users = this.#realms.get(realm) ?? new Set();
      this.#realms.set(realm, users.add(aor));
    }
  }

  /** Removes a user of a realm, or the whole realm. */
  flush(realm: string, username?: string): void {
    for (const aor of this.#aors(realm, username)) this.#forget(realm.toLowerCase(), aor);
  }

  /** The live registrations; all without a realm. */
  find({
    realm,
    username,
  }: {
    readonly realm?: string | undefined;
    readonly username?: string | undefined;
  }): Registration[] {
    const now = this.#now();
    return this.#aors(realm, username).flatMap((aor) =>
      [...(this.#users.get(aor)?.values() ?? [])]
        .filter(({ until }) => until > now)
        .map(({ fields }) => fields),
    );
  }

  /** Registered users with this value in a channel variable, e.g. `Authorizing-ID`. */
  having(name: string, value: string): Registration[] {
    return this.find({}).filter(
      ({ 'Custom-Channel-Vars': vars }) => (vars as Record<string, unknown>)?.[name] === value,
    );
  }

  /** Drops what is over. */
  sweep(): void {
    const now = this.#now();
    for (const [realm, aors] of this.#realms)
      for (const aor of aors) {
        const contacts = this.#users.get(aor) ?? new Map<string, Entry>();
        for (const [contact, { until }] of contacts) if (until <= now) contacts.delete(contact);
        if (contacts.size === 0) this.#forget(realm, aor);
      }
  }

  get size(): number {
    let size = 0;
    for (const contacts of this.#users.values()) size += contacts.size;
    return size;
  }

  #aors(realm: string | undefined, username: string | undefined): string[] {
    if (realm === undefined) {
      const name = username?.toLowerCase();
      return [...this.#users.keys()].filter((aor) => name === undefined || aor.startsWith(`${name}@`));
    }
    if (username !== undefined) return [keysOf(realm, username)[1]].filter((aor) => this.#users.has(aor));
    return [...(this.#realms.get(realm.toLowerCase()) ?? [])];
  }

  #forget(realm: string, aor: string): void {
    this.#users.delete(aor);
    const users = this.#realms.get(realm);
    users?.delete(aor);
    if (users?.size === 0) this.#realms.delete(realm);
  }
}

function keysOf(realm: string, username: string): [realm: string, aor: string] {
  const domain = realm.toLowerCase();
  return [domain, `${username.toLowerCase()}@${domain}`];
}

function fieldsOf(message: MessageOf<typeof regSuccess>): Registration {
  const entries = Object.entries(message).filter(([name]) => !envelope.has(name));
  return { 'Registrar-Node': message.Node, ...Object.fromEntries(entries) } as unknown as Registration;
}
