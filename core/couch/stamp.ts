// What every write adds to a document: id, version, times, owner (contract/couch.md §2).
import { randomBytes } from 'node:crypto';
import { isRecord } from '../contract/index.ts';
import { AppError } from '../errors/index.ts';
import { accountIdOf, encodedName, gregorian } from './names.ts';
import type { DocumentChange, StoredDocument } from './store.ts';

/** A 32 hex document id. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}

/** The document as it is to be written into the database `name`. What the writer set itself stays, except `pvt_modified`. */
export function stamped(name: string, document: StoredDocument, at: Date = new Date()): StoredDocument {
  if (document._id === '' || (document._id !== undefined && typeof document._id !== 'string'))
    throw new AppError('bad_identifier', { message: `not a document id: ${JSON.stringify(document._id)}` });
  const now = gregorian(at);
  return {
    ...document,
    _id: document._id ?? newId(),
    pvt_vsn: document.pvt_vsn ?? '1',
    pvt_created: document.pvt_created ?? now,
    pvt_modified: now,
    ...owner(name, document),
  };
}

function owner(name: string, document: StoredDocument): Partial<StoredDocument> {
  if (!name.startsWith('account/')) return {};
  return {
    pvt_account_id: document.pvt_account_id ?? accountIdOf(name),
    pvt_account_db: document.pvt_account_db ?? encodedName(name),
  };
}

/** The change a write amounts to: first revision created, deleted (softly too) deleted, else edited. */
export function changeOf(database: string, document: StoredDocument, before?: string): DocumentChange {
  const gone = document._deleted === true || document.pvt_deleted === true;
  const action = gone ? 'deleted' : before === undefined ? 'created' : 'edited';
  return { action, database, id: document._id, type: document.pvt_type, rev: document._rev };
}

/** Freezes a document through and through: it is shared by all who read it. */
export function frozen<T>(value: T): T {
  if (Array.isArray(value)) value.forEach(frozen);
  else if (isRecord(value)) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
