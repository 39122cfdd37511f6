// What the edge knows of users: asked of registrar once, then kept until it is unused for long or flushed.
import { LRUCache } from 'lru-cache';
import type { AppContext } from '../../../core/app/index.ts';
import { authnReq } from '../../../core/messages/authn.ts';
import { type Algorithm, secretOf } from './digest.ts';
import type { Incoming } from './sip.ts';

/** A user that registrar lets in. */
export interface Credentials {
  readonly token: string;
  readonly vars: Readonly<Record<string, unknown>>;
  /** The address was enough: no digest is needed. */
  readonly isTrusted: boolean;
  /** Epoch ms of registrar's answer. */
  readonly since: number;
  /** H(A1) for the user name as it was written in the answer. */
  secret(algorithm: Algorithm, username: string): string;
}

export interface CredentialStore {
  /** The kept credentials of `user@realm` (lower case). */
  find(aor: string): Credentials | undefined;
  /** Asks registrar; undefined when it refuses. Rejects when it cannot be asked. One request for many at once. */
  ask(aor: string, user: string, realm: string, request: Incoming): Promise<Credentials | undefined>;
  /** Forgets a user of a realm, all of it, or everybody. */
  flush(realm?: string, username?: string): void;
}

/** Registrar is being asked about a user, and whether the user was flushed meanwhile. */
interface Question {
  readonly aor: string;
  readonly answer: Promise<Credentials | undefined>;
  flushed: boolean;
}

const refusalKept = 60_000;

/** @param lifetime seconds that credentials are kept after they were last needed. */
export function createCredentials({ bus }: AppContext, lifetime: () => number): CredentialStore {
  const known = new LRUCache<string, Credentials>({
    max: 200_000,
    ttlResolution: 1000,
    updateAgeOnGet: true,
  });
  const refused = new LRUCache<string, true>({ max: 20_000, ttl: refusalKept });
  const asking = new Map<string, Question>();

  /** What a flush has overtaken is asked once more, and not kept when there was another one meanwhile. */
  const request = async (
    question: Omit<Question, 'answer'>,
    user: string,
    realm: string,
    incoming: Incoming,
  ): Promise<Credentials | undefined> => {
    const { aor } = question;
    const once = () => bus.request(authnReq, fieldsOf(user, realm, incoming), { timeout: 2500 });
    let answer = await once();
    if (question.flushed) {
      question.flushed = false;
      answer = await once();
    }
    if (answer['Event-Name'] === 'authn_err') {
      if (answer['Permanent-Error'] === 'true' && !question.flushed) refused.set(aor, true);
      return undefined;
    }
    if (answer['Event-Name'] !== 'authn_resp') return undefined;
    const credentials = credentialsOf(answer, realm);
    // Who is let in by address must be asked about each time: the address may be another.
    if (!credentials.isTrusted && !question.flushed) known.set(aor, credentials, { ttl: lifetime() * 1000 });
    return credentials;
  };
  return {
    find: (aor) => known.get(aor),
    ask: async (aor, user, realm, incoming) => {
      if (refused.has(aor)) return undefined;
      // By address as well: the answer may hold for one address only.
      const key = `${aor} ${incoming.source.host}`;
      const running = asking.get(key);
      if (running !== undefined) return running.answer;
      const question = { aor, flushed: false };
      const asked = request(question, user, realm, incoming).finally(() => asking.delete(key));
      asking.set(key, Object.assign(question, { answer: asked }));
      return asked;
    },
    flush: (realm, username) => {
      const end = realm === undefined ? '' : `@${realm.toLowerCase()}`;
      const flushed = username === undefined ? end : `${username.toLowerCase()}${end}`;
      for (const question of asking.values())
        if (username === undefined ? question.aor.endsWith(flushed) : question.aor === flushed)
          question.flushed = true;
      for (const cache of [known, refused]) {
        if (username !== undefined) cache.delete(`${username.toLowerCase()}${end}`);
        else for (const aor of [...cache.keys()]) if (aor.endsWith(end)) cache.delete(aor);
      }
    },
  };
}

function fieldsOf(user: string, realm: string, { method, source, header }: Incoming) {
  return {
    Method: method,
    'Auth-Realm': realm,
    'Auth-User': user,
    From: header('from') ?? '',
    To: header('to') ?? '',
    'Orig-IP': source.host,
    'Orig-Port': source.port,
    'User-Agent': header('user-agent'),
    Contact: header('contact'),
    'Call-ID': header('call-id'),
  };
}

interface Answer {
  readonly 'Auth-Password': string;
  readonly 'Auth-Method': string;
  readonly 'Trusted-Auth'?: string;
  readonly 'Custom-Channel-Vars'?: Readonly<Record<string, unknown>>;
}

function credentialsOf(answer: Answer, realm: string): Credentials {
  const password = answer['Auth-Password'];
  const vars = answer['Custom-Channel-Vars'] ?? {};
  const secrets = new Map<string, string>();
  return {
    vars,
    token: `${vars['Authorizing-ID']}@${vars['Account-ID']}`,
    isTrusted: answer['Trusted-Auth'] === 'true',
    since: Date.now(),
    secret: (algorithm, username) => {
      if (answer['Auth-Method'] === 'a1-hash') return password;
      const key = `${algorithm} ${username}`;
      const secret = secrets.get(key) ?? secretOf(algorithm, username, realm, password);
      // Each spelling of a name has its own; a few are enough.
      if (secrets.size < 8) secrets.set(key, secret);
      return secret;
    },
  };
}
