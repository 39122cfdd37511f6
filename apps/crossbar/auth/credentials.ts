// Passwords at rest. A Kazoo client logs in with md5 or sha1 of "user:password" and without the user's name, so what is
// stored must be found by that digest alone, and must still be slow to guess. Both come from one argon2id whose salt is
// the account's and not the user's: the digest has the user's name in it, so equal passwords still differ (see README).
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { hashRaw } from '@node-rs/argon2';
import type { UserDocument } from '../engine/request.ts';

/** How a client made the digest that it sends. */
export type Method = 'md5' | 'sha';

const methods: readonly Method[] = ['md5', 'sha'];

/** The digest a client sends, in lower case hex. */
export function digest(method: Method, username: string, password: string): string {
  return createHash(method === 'sha' ? 'sha1' : 'md5')
    .update(`${username}:${password}`)
    .digest('hex');
}

/** The stored form of a digest: `1$<hex>`; the number names the parameters, so that they can be raised later. */
export async function stored(systemSecret: Buffer, accountId: string, sent: string): Promise<string> {
  const salt = createHmac('sha256', systemSecret).update(`credentials ${accountId}`).digest().subarray(0, 16);
  const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 };
  return `1$${(await hashRaw(sent, { ...options, salt, secret: systemSecret })).toString('hex')}`;
}

/** The private fields of a user who has this password from now on. Tokens issued before are no longer good. */
export async function credentialFields(
  systemSecret: Buffer,
  accountId: string,
  username: string,
  password: string,
): Promise<Partial<UserDocument>> {
  const [md5, sha] = await Promise.all(
    methods.map((method) => stored(systemSecret, accountId, digest(method, username, password))),
  );
  return { pvt_argon2_auth: { md5: md5 ?? '', sha: sha ?? '' }, pvt_signature_secret: newSignatureSecret() };
}

/** What the signature of a user's tokens depends on. */
export function newSignatureSecret(): string {
  return randomBytes(16).toString('hex');
}

/** The user without the digests that Kazoo keeps as they are sent. */
export function withoutPlainDigests<D extends Pick<UserDocument, 'pvt_md5_auth' | 'pvt_sha1_auth'>>(
  user: D,
): Omit<D, 'pvt_md5_auth' | 'pvt_sha1_auth'> {
  const { pvt_md5_auth: _md5, pvt_sha1_auth: _sha1, ...rest } = user;
  return rest;
}
