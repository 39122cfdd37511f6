// Credentials for a realm that an application here asks about end here: whoever is behind need not see them (RFC 3261 §22.3).
import { type Headers, parseAuth, type SipResponse } from '../stack/index.ts';

const limit = 10_000;

/** The realms in which applications of this server challenge. */
export class Challenged {
  readonly #realms = new Set<string>();

  /** Notes the realms of a 407 of an application. */
  learn(response: SipResponse): void {
    if (response.status !== 407) return;
    for (const challenge of response.headers.getAll('proxy-authenticate')) {
      const realm = realmOf(challenge);
      if (realm === undefined) continue;
      // The most recently used realm is the last to go.
      this.#realms.delete(realm);
      this.#realms.add(realm);
      const [oldest] = this.#realms;
      if (this.#realms.size > limit && oldest !== undefined) this.#realms.delete(oldest);
    }
  }

  /** Takes the credentials for those realms out of a request that goes on; a FreeSWITCH would challenge them anew. */
  consume(headers: Headers): void {
    const given = headers.getAll('proxy-authorization');
    const kept = given.filter((credentials) => !this.#realms.has(realmOf(credentials) ?? ''));
    if (kept.length === given.length) return;
    headers.delete('proxy-authorization');
    for (const credentials of kept) headers.add('Proxy-Authorization', credentials);
  }
}

function realmOf(text: string): string | undefined {
  try {
    return parseAuth(text).params.get('realm');
  } catch {
    return undefined;
  }
}
