// What all crossbars of a cluster share to salt credentials: made once, kept in `system_auth`.
import { randomBytes } from 'node:crypto';
import type { SystemConfig } from '../../../core/config/index.ts';
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import { type KeyRing, keyRing } from './keys.ts';

const documentId = 'system_secrets';

export interface Secrets {
  /** Names the cluster to its clients. */
  readonly clusterId: string;
  readonly keys: KeyRing;
  /** 32 bytes: pepper of stored credentials and key of identity signatures. Without it nobody can log in any more. */
  readonly systemSecret: Buffer;
}

/** The secrets of this cluster; the first crossbar makes them. */
export async function loadSecrets(database: Database, config: SystemConfig): Promise<Secrets> {
  const [document, keys] = await Promise.all([loadSystemSecrets(database), keyRing(database, config)]);
  return {
    clusterId: String(document['cluster_id']),
    keys,
    systemSecret: Buffer.from(String(document['pvt_system_secret']), 'hex'),
  };
}

/** The document with the pepper of credentials. */
export async function loadSystemSecret(database: Database): Promise<Buffer> {
  return Buffer.from(String((await loadSystemSecrets(database))['pvt_system_secret']), 'hex');
}

async function loadSystemSecrets(database: Database): Promise<StoredDocument> {
  return (await database.find(documentId, { fresh: true })) ?? make(database);
}

async function make(database: Database): Promise<StoredDocument> {
  try {
    return await database.save({
      _id: documentId,
      pvt_type: 'system_secrets',
      cluster_id: randomBytes(16).toString('hex'),
      pvt_system_secret: randomBytes(32).toString('hex'),
    });
  } catch (error) {
    // Another crossbar that starts at the same time was faster: its secrets are the cluster's.
    if (hasCode(error, 'datastore_conflict')) return database.get(documentId, { fresh: true });
    throw error;
  }
}
