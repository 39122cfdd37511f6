// What all crossbars of a cluster share to sign tokens and to salt credentials: made once, kept in `system_auth`.
import { randomBytes } from 'node:crypto';
import { type CryptoKey, exportPKCS8, exportSPKI, generateKeyPair, importPKCS8, importSPKI } from 'jose';
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import { hasCode } from '../../../core/errors/index.ts';

export const algorithm = 'RS256';
const documentId = 'system_secrets';

export interface Secrets {
  /** Names the key pair in the header of a token. */
  readonly keyId: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** 32 bytes: pepper of stored credentials and key of identity signatures. Without it nobody can log in any more. */
  readonly systemSecret: Buffer;
}

/** The secrets of this cluster; the first crossbar makes them. */
export async function loadSecrets(database: Database): Promise<Secrets> {
  const document = (await database.find(documentId, { fresh: true })) ?? (await make(database));
  return {
    keyId: String(document['kid']),
    privateKey: await importPKCS8(String(document['pvt_private_key']), algorithm),
    publicKey: await importSPKI(String(document['public_key']), algorithm),
    systemSecret: Buffer.from(String(document['pvt_system_secret']), 'hex'),
  };
}

async function make(database: Database): Promise<StoredDocument> {
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 });
  try {
    return await database.save({
      _id: documentId,
      pvt_type: 'system_secrets',
      kid: randomBytes(16).toString('hex'),
      public_key: await exportSPKI(pair.publicKey),
      pvt_private_key: await exportPKCS8(pair.privateKey),
      pvt_system_secret: randomBytes(32).toString('hex'),
    });
  } catch (error) {
    // Another crossbar that starts at the same time was faster: its secrets are the cluster's.
    if (hasCode(error, 'datastore_conflict')) return database.get(documentId, { fresh: true });
    throw error;
  }
}
