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

/**
 * The private fields of a user who has this password from now on. Tokens issued before are no longer good. A name with
 * capitals is good as it was typed and in lower case, as it is stored.
 */
export async function credentialFields(
  systemSecret: Buffer,
  accountId: string,
  typed: string,
  password: string,
): Promise<Partial<UserDocument>> {
  const username = typed.toLowerCase();
  const hashed = (method: Method, name: string): Promise<string> =>
    stored(systemSecret, accountId, digest(method, name, password));
  const names = Object.entries({ '': username, ...(typed === username ? {} : { _typed: typed }) });
  const hashes = await Promise.all(
    names.flatMap(([suffix, name]) =>
      methods.map(async (method) => [`${method}${suffix}`, await hashed(method, name)] as const),
    ),
  );
  return { pvt_argon2_auth: Object.fromEntries(hashes), pvt_signature_secret: newSignatureSecret() };
}

/** What the signature of a user's tokens depends on. */
export function newSignatureSecret(): string {
  return randomBytes(16).toString('hex');
}

/** Takes from a user what it logs in with; says whether there was anything. */
export function removeCredentials(user: Partial<UserDocument>): boolean {
  const had = user.pvt_argon2_auth !== undefined || user.pvt_md5_auth !== undefined;
  delete user.pvt_argon2_auth;
  delete user.pvt_md5_auth;
  delete user.pvt_sha1_auth;
  return had;
}

/** The user without the digests that Kazoo keeps as they are sent. */
export function withoutPlainDigests<D extends Pick<UserDocument, 'pvt_md5_auth' | 'pvt_sha1_auth'>>(
  user: D,
): Omit<D, 'pvt_md5_auth' | 'pvt_sha1_auth'> {
  const { pvt_md5_auth: _md5, pvt_sha1_auth: _sha1, ...rest } = user;
  return rest;
}
