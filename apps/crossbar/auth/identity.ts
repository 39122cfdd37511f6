// Whom a token was issued to, signed over a secret of theirs: a new secret of the user, the account or the system ends
// the tokens before it.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AccountDocument, UserDocument } from '../engine/request.ts';
import type { Secrets } from './secrets.ts';

/** The `identity_sig` of a token for this user, or for the account itself (API keys, addresses). */
export async function identitySignature(
  { systemSecret, keys }: Secrets,
  account: AccountDocument,
  user: UserDocument | undefined,
): Promise<Buffer> {
  const own = user ? user.pvt_signature_secret : account.pvt_api_key;
  const identity = [account._id, user?._id ?? null, own ?? '', account.pvt_signature_secret ?? ''];
  return createHmac('sha256', systemSecret)
    .update(`identity ${JSON.stringify([...identity, await keys.identitySecret()])}`)
    .digest();
}

/** Whether a token says the signature that it would get now. */
export async function isSignedFor(
  secrets: Secrets,
  claim: unknown,
  account: AccountDocument,
  user: UserDocument | undefined,
): Promise<boolean> {
  const given = Buffer.from(String(claim), 'base64url');
  const expected = await identitySignature(secrets, account, user);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
