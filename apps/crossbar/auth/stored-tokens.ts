// The `token_auth` database: tokens that are documents, as Kazoo's are that are no JWT, and JWTs that were logged out.
import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { gregorian, type Reads, type StoredDocument } from '../../../core/couch/index.ts';
import { errorText, hasCode } from '../../../core/errors/index.ts';
import type { Services } from '../engine/request.ts';

const database = 'token_auth';
const revoked = 'revoked_token';
const form = /^[A-Za-z0-9-]{16,128}$/;

/** The claims of a token that is a document. Used, it lives on; unused for the life of a token, it is good no more. */
export async function findStoredToken(
  { store, systemConfig, log }: Services,
  token: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!form.test(token)) return undefined;
  const tokens = store.database(database);
  const document = await tokens.find(token);
  if (!document || document.pvt_type === revoked || document['account_id'] === undefined) return undefined;
  const lifetime = await systemConfig.get('crossbar', 'auth.token_auth_expiry_s', 3600);
  const idle = gregorian() - (document.pvt_modified ?? 0);
  if (idle > lifetime) return undefined;
  if (idle > lifetime / 2)
    void tokens
      .update(token, (current) => current)
      .catch((error: unknown) => log.warn('a token was not prolonged', { error: errorText(error) }));
  return document;
}

/** Whether a JWT was logged out. */
export async function isRevoked(store: Reads, claims: JWTPayload): Promise<boolean> {
  return claims.jti !== undefined && (await store.database(database).find(idOf(claims.jti))) !== undefined;
}

/** Ends one token before its time. */
export async function endToken({ store }: Services, token: string): Promise<void> {
  const tokens = store.database(database);
  const [, claims] = token.split('.');
  if (claims === undefined) {
    await tokens.remove(token, { hard: true });
    return;
  }
  const { jti, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as JWTPayload;
  const document = { _id: idOf(String(jti)), pvt_type: revoked, expires: exp } as StoredDocument;
  await tokens.save(document).catch((error: unknown) => {
    // It was logged out already.
    if (!hasCode(error, 'datastore_conflict')) throw error;
  });
}

const idOf = (jti: string): string => createHash('sha256').update(`revoked ${jti}`).digest('hex');

/** Removes what was logged out and would have expired by now, `limit` of the oldest at most. How many. */
export async function forgetRevoked({ store }: Services, limit = 1000): Promise<number> {
  const tokens = store.database(database);
  const rows = await tokens.view('token_auth', 'listing_by_ctime', { limit, includeDocs: true });
  const over = rows.filter(
    ({ doc }) => doc?.pvt_type === revoked && Number(doc['expires']) * 1000 < Date.now(),
  );
  for (const { id } of over) await tokens.remove(id, { hard: true });
  return over.length;
}
