// Which tokens were found to be signed, and by which key: checking an RSA signature costs more than the rest of a request.
import { type CryptoKey, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { algorithm, type KeyRing } from './keys.ts';

interface Signed {
  readonly kid: string;
  readonly key: CryptoKey;
  readonly claims: Readonly<JWTPayload>;
}

const signed = new LRUCache<string, Signed>({ max: 5_000 });

/**
 * The claims of a token that one of the keys signed and that has not expired. Rejects with an error of jose, or with what
 * `refuse` makes when there is no such key. Only the signature is remembered: whether its key is still good and the time
 * has not come is asked every time, and whose token it is, is not a matter of this.
 */
export async function claimsOf(
  token: string,
  keys: KeyRing,
  issuer: string,
  refuse: () => Error,
): Promise<Readonly<JWTPayload>> {
  const known = signed.get(token);
  if (known && isInTime(known.claims) && (await keys.verifying(known.kid)) === known.key) return known.claims;
  let used: Omit<Signed, 'claims'> | undefined;
  const { payload } = await jwtVerify(
    token,
    async ({ kid }) => {
      const key = await keys.verifying(String(kid));
      if (!key) throw refuse();
      used = { kid: String(kid), key };
      return key;
    },
    { issuer, algorithms: [algorithm] },
  );
  if (used) signed.set(token, { ...used, claims: Object.freeze(payload) });
  return payload;
}

/** RFC 7519 §4.1.4. */
const isInTime = ({ exp }: JWTPayload): boolean => exp === undefined || exp > Math.floor(Date.now() / 1000);
