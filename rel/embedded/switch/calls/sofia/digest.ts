// Answers a digest challenge (RFC 7616, RFC 8760) for outgoing calls.

import { createHash, randomBytes } from 'node:crypto';
import { parseAuth } from '../../../sip/stack/index.ts';

export interface Credentials {
  username: string;
  password: string;
}

const HASHES: Record<string, string> = { md5: 'md5', 'sha-256': 'sha256', 'sha-512-256': 'sha512-256' };

/** The Authorization value for a challenge; undefined when it is of a scheme or algorithm we cannot answer. */
export function answerChallenge(
  challenge: string,
  { username, password }: Credentials,
  method: string,
  uri: string,
): string | undefined {
  const { scheme, params } = parseAuth(challenge);
  const algorithm = params.get('algorithm') ?? 'MD5';
  const hash = HASHES[algorithm.toLowerCase()];
  if (scheme !== 'digest' || !hash) return undefined;
  const digest = (...parts: string[]) => createHash(hash).update(parts.join(':')).digest('hex');
  const realm = params.get('realm') ?? '';
  const nonce = params.get('nonce') ?? '';
  const qop = params
    .get('qop')
    ?.split(',')
    .some((each) => each.trim() === 'auth')
    ? 'auth'
    : undefined;
  const cnonce = randomBytes(8).toString('hex');
  const secret = digest(username, realm, password);
  const request = digest(method, uri);
  const response = qop
    ? digest(secret, nonce, '00000001', cnonce, qop, request)
    : digest(secret, nonce, request);
  const quoted: Record<string, string | undefined> = {
    username,
    realm,
    nonce,
    uri,
    response,
    opaque: params.get('opaque'),
  };
  const fields = Object.entries(quoted).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${value.replace(/["\\]/g, '\\$&')}"`],
  );
  fields.push(`algorithm=${algorithm}`);
  if (qop) fields.push(`qop=${qop}`, 'nc=00000001', `cnonce="${cnonce}"`);
  return `Digest ${fields.join(', ')}`;
}
