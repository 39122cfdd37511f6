// Whose a number is: the documents of the numbers databases, and the accounts behind them.
import { accountDatabase, numberDatabase, type Store, type StoredDocument } from '../../core/couch/index.ts';
import { hasCode } from '../../core/errors/index.ts';
import { findE164, type Numbering } from '../../core/telephony/index.ts';
import { text } from './fields.ts';

/** A number of this cluster that is in use. */
export interface OwnedNumber {
  readonly e164: string;
  readonly accountId: string;
  readonly document: StoredDocument;
  readonly account: StoredDocument;
  readonly realm: string;
}

/** Why a number leads nowhere. */
export type NumberRefusal = 'unknown_number' | 'not_in_service' | 'account_disabled';

// Numbers on their way to or from another operator still ring here.
const reachable = new Set(['in_service', 'port_in', 'port_out']);

/** The owner of a number in any spelling. Reads through the store's cache; rejects only when the store fails. */
export async function findNumber(
  store: Store,
  number: string,
  settings: Numbering,
): Promise<OwnedNumber | NumberRefusal> {
  const e164 = findE164(number, settings);
  if (e164 === undefined) return 'unknown_number';
  const document = await find(store, numberDatabase(e164), e164);
  if (!document) return 'unknown_number';
  const accountId = text(document['pvt_assigned_to']);
  if (accountId === undefined || !reachable.has(String(document['pvt_state']))) return 'not_in_service';
  const account = await find(store, accountDatabase(accountId), accountId);
  if (!account || account['pvt_enabled'] === false || account['enabled'] === false) return 'account_disabled';
  return { e164, accountId, document, account, realm: text(account['realm']) ?? '' };
}

async function find(store: Store, database: string, id: string): Promise<StoredDocument | undefined> {
  try {
    return await store.database(database).find(id);
  } catch (error) {
    // The first number with a prefix makes the prefix' database.
    if (hasCode(error, 'datastore_missing')) return undefined;
    throw error;
  }
}
