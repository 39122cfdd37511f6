// Copies of numbers in the database of their account, brought up to date where they are not.
import { number as contract } from '../../../core/documents/index.ts';
import {
  type RestRequest,
  removeCopy,
  targetAccount,
  targetDatabase,
  typed,
  writeCopy,
} from '../engine/index.ts';
import { findNumber } from './numbers.ts';

/** Makes the account's copy of one number what the number says: there when it is the account's, else not. */
export async function mendCopy(request: RestRequest, e164: string): Promise<void> {
  const database = targetDatabase(request);
  const document = await findNumber(request.services, e164);
  if (document?.pvt_assigned_to === targetAccount(request)._id) await writeCopy(database, document);
  else if (typed(contract, await database.find(e164, { fresh: true }))) await removeCopy(database, e164);
}

/** The same for all numbers that are the account's, and for all copies that it has. */
export async function mendCopies(request: RestRequest): Promise<void> {
  const { store } = request.services;
  const account = targetAccount(request)._id;
  const found = new Set(
    (await targetDatabase(request).view('numbers', 'list_by_number')).map(({ id }) => id),
  );
  for (const name of await store.list('numbers/')) {
    const rows = await store
      .database(name)
      .view('numbers', 'assigned_to', { startKey: [account], endKey: [account, {}] });
    for (const { id } of rows) found.add(id);
  }
  for (const e164 of found) await mendCopy(request, e164);
}
