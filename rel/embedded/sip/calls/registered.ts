// Contacts that registered over a connection: requests to them go by the connection they came with (RFC 5626's aim).

import {
  type Flow,
  parseNameAddr,
  parseUri,
  type ServerTransaction,
  type SipResponse,
} from '../stack/index.ts';

interface Entry {
  flow: Flow;
  /** Milliseconds of the epoch. */
  until: number;
}

export class Registered {
  #entries = new Map<string, Entry>();
  #learned = 0;

  /** Learns from a 200 to a REGISTER that an application sent. */
  learn({ request, flow }: ServerTransaction, response: SipResponse): void {
    if (request.method !== 'REGISTER' || response.status !== 200 || flow.protocol === 'udp') return;
    this.#forgetExpired();
    const granted = response.headers.get('expires') ?? '0';
    const expiries = new Map(response.headers.getAll('contact').map(expiryOf));
    for (const contact of request.headers.getAll('contact')) {
      const [key] = expiryOf(contact);
      if (key === '') continue;
      const seconds = Number(expiries.get(key) ?? granted);
      if (seconds > 0) this.#entries.set(key, { flow, until: Date.now() + seconds * 1000 });
      else this.#entries.delete(key);
    }
  }

  /** Now and then, for contacts that nobody asks for. */
  #forgetExpired(): void {
    this.#learned += 1;
    if (this.#learned % 1000 !== 0) return;
    for (const [key, { until }] of this.#entries) if (until < Date.now()) this.#entries.delete(key);
  }

  /** The connection of a registered contact. */
  find(uri: string): Flow | undefined {
    const key = keyOf(uri);
    const entry = this.#entries.get(key);
    if (entry && entry.until < Date.now()) this.#entries.delete(key);
    return entry && entry.until >= Date.now() ? entry.flow : undefined;
  }
}

function expiryOf(contact: string): [key: string, expires: string | undefined] {
  try {
    const { uri, params } = parseNameAddr(contact);
    return [keyOf(uri), params.get('expires')];
  } catch {
    // An application may put anything into its response; what is no address is no contact.
    return ['', undefined];
  }
}

function keyOf(uri: string): string {
  try {
    const { user = '', host, port } = parseUri(uri);
    return `${user}@${host.toLowerCase()}:${port ?? 5060}`;
  } catch {
    return '';
  }
}
