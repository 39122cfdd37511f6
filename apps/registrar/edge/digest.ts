// HTTP digest as SIP uses it: challenges for SHA-256 and MD5, and the check of an answer (RFC 7616, RFC 8760).
import { createHash, timingSafeEqual } from 'node:crypto';

/** In the order in which they are offered: the stronger one first. */
export const algorithms = ['SHA-256', 'MD5'] as const;
export type Algorithm = (typeof algorithms)[number];

/** The parameters of an `Authorization: Digest …` field. */
export interface DigestAnswer {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly algorithm: Algorithm;
  /** Undefined for an answer by RFC 2069, without protection against a replay. */
  readonly qop: string | undefined;
  readonly nc: string;
  readonly cnonce: string;
}

/** Reads a field; undefined when it is no digest answer, or by an algorithm that was not offered. */
export function parseDigest(field: string): DigestAnswer | undefined {
  if (!/^digest\s/i.test(field)) return undefined;
  const params: Record<string, string> = {};
  for (const [, name = '', quoted, bare] of field.matchAll(
    /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g,
  ))
    params[name.toLowerCase()] ??= quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '';
  const { username, realm, nonce, uri, response, qop, nc = '', cnonce = '' } = params;
  const algorithm = algorithms.find((it) => it === (params['algorithm'] ?? 'MD5').toUpperCase());
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined)
    return undefined;
  if (response === undefined || algorithm === undefined) return undefined;
  if (qop !== undefined && (qop !== 'auth' || !/^[0-9a-f]{8}$/i.test(nc) || cnonce === '')) return undefined;
  return { username, realm, nonce, uri, response, algorithm, qop, nc, cnonce };
}

/** The value of a challenge. `realm` must be checked before: it stands in quotes. */
export function challenge(algorithm: Algorithm, realm: string, nonce: string, stale: boolean): string {
  const end = stale ? ', stale=true' : '';
  return `Digest realm="${realm}", nonce="${nonce}", algorithm=${algorithm}, qop="auth"${end}`;
}

/** H(A1), the only form in which a password is kept: hash of `username:realm:password`. */
export function secretOf(algorithm: Algorithm, username: string, realm: string, password: string): string {
  return hash(algorithm, `${username}:${realm}:${password}`);
}

/** Whether the answer was made with the secret, for a request of this method. */
export function isRight(answer: DigestAnswer, method: string, secret: string): boolean {
  const { algorithm, nonce, nc, cnonce, qop, uri } = answer;
  const request = hash(algorithm, `${method}:${uri}`);
  const middle = qop === undefined ? nonce : `${nonce}:${nc}:${cnonce}:${qop}`;
  const expected = hash(algorithm, `${secret}:${middle}:${request}`);
  const given = answer.response.toLowerCase();
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

function hash(algorithm: Algorithm, text: string): string {
  return createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(text)
    .digest('hex');
}
