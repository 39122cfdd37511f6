// Whether a request comes from who it says: by digest, checked here with credentials that are kept here.
import type { CredentialStore, Credentials } from './credentials.ts';
import { type Algorithm, algorithms, challenge, type DigestAnswer, isRight, parseDigest } from './digest.ts';
import type { Nonces } from './nonce.ts';
import type { EdgeOptions } from './options.ts';
import type { Incoming } from './sip.ts';
import { splitList } from './uri.ts';

export type Verdict =
  | { readonly kind: 'accepted'; readonly credentials: Credentials; readonly username: string }
  /** No answer to a challenge yet, a wrong one, or (`stale`) a right one to an old challenge. */
  | { readonly kind: 'challenge'; readonly stale: boolean; readonly tried: boolean }
  | { readonly kind: 'refused'; readonly username: string };

/** A wrong answer makes the edge ask registrar again when what it knows is older: a flush may have been lost. */
const doubtAfter = 5_000;

export interface Authoriser {
  /** `fields` is the content of Authorization or Proxy-Authorization. Rejects when registrar cannot be asked. */
  check(request: Incoming, realm: string, fields: string | undefined): Promise<Verdict>;
  /** The challenges for the sender of a request, the preferred one first. */
  challenges(request: Incoming, realm: string, stale: boolean): string[];
}

export function createAuthoriser(
  credentials: CredentialStore,
  nonces: Nonces,
  options: () => Pick<EdgeOptions, 'digest_algorithms' | 'md5_only'>,
): Authoriser {
  const choice = (): readonly Algorithm[] => {
    const known = options().digest_algorithms.flatMap((name) => algorithms.find((it) => it === name) ?? []);
    return known.length > 0 ? known : algorithms;
  };
  return {
    check: async (request, realm, fields) => {
      const answer = fields === undefined ? undefined : answerFor(fields, realm, choice());
      if (!answer) return { kind: 'challenge', stale: false, tried: fields !== undefined };
      if (nonces.judge(answer.nonce) !== 'fresh') return { kind: 'challenge', stale: true, tried: false };
      return judge(request, realm, answer, credentials, nonces);
    },
    challenges: (request, realm, stale) => {
      const nonce = nonces.issue();
      const offered = inOrderFor(request.header('user-agent'), choice(), options().md5_only);
      return offered.map((algorithm) => challenge(algorithm, realm, nonce, stale));
    },
  };
}

/**
 * RFC 8760 wants the stronger one first and has clients skip what they do not know. Older ones do not: some read the
 * first challenge only (SIPp, which names no User-Agent), some fail at any that they do not know (baresip 1).
 */
function inOrderFor(
  userAgent: string | undefined,
  offered: readonly Algorithm[],
  md5Only: readonly string[],
): readonly Algorithm[] {
  if (offered.length < 2 || !offered.includes('MD5')) return offered;
  if (userAgent === undefined) return ['MD5', ...offered.filter((it) => it !== 'MD5')];
  const name = userAgent.toLowerCase();
  return md5Only.some((part) => name.includes(part)) ? ['MD5'] : offered;
}

async function judge(
  request: Incoming,
  realm: string,
  answer: DigestAnswer,
  store: CredentialStore,
  nonces: Nonces,
): Promise<Verdict> {
  const username = withoutRealm(answer.username, realm);
  const aor = `${username.toLowerCase()}@${realm}`;
  const fits = (it: Credentials): boolean =>
    it.isTrusted || isRight(answer, request.method, it.secret(answer.algorithm, answer.username));
  let found = store.find(aor);
  if (!found || (!fits(found) && Date.now() - found.since > doubtAfter))
    found = await store.ask(aor, username, realm, request);
  if (!found) return { kind: 'refused', username };
  if (!fits(found)) return { kind: 'challenge', stale: false, tried: true };
  const count = answer.qop === undefined ? undefined : Number.parseInt(answer.nc, 16);
  if (nonces.use(answer.nonce, count) !== 'fresh') return { kind: 'challenge', stale: true, tried: false };
  return { kind: 'accepted', credentials: found, username };
}

/** Of several answers (a proxy on the way may have its own) the one for our realm. */
function answerFor(fields: string, realm: string, offered: readonly Algorithm[]): DigestAnswer | undefined {
  for (const field of separate(fields)) {
    const answer = parseDigest(field);
    if (answer && answer.realm.toLowerCase() === realm && offered.includes(answer.algorithm)) return answer;
  }
  return undefined;
}

/** drachtio-srf joins several fields by commas, which also stand between the parameters of each. */
function separate(fields: string): string[] {
  if (fields.lastIndexOf('Digest ') <= 0) return [fields];
  const starts = splitList(fields).reduce<string[]>((found, part) => {
    if (/^digest\s/i.test(part) || found.length === 0) found.push(part);
    else found[found.length - 1] += `, ${part}`;
    return found;
  }, []);
  return starts;
}

function withoutRealm(username: string, realm: string): string {
  const end = `@${realm}`;
  return username.toLowerCase().endsWith(end) ? username.slice(0, -end.length) : username;
}
