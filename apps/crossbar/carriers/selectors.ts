// Resource selectors: which carrier serves what, in a database of their own beside the account's.
import type { Database } from '../../../core/couch/index.ts';
import { selectorsDatabase } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { findMaster } from '../accounts/master.ts';
import type { RestRequest } from '../engine/index.ts';

export const design = 'resource_selectors';

/** The account that a request is about; without one in the path those of the master account hold for all. */
export async function selectingAccount({ account, services }: RestRequest): Promise<string> {
  const found = account ?? (await findMaster(services.store));
  if (!found) throw new AppError('bad_identifier', { message: 'there is no master account' });
  return found._id;
}

/** Undefined while the account has no selectors: the first that is imported makes the database. */
export async function findSelectors(request: RestRequest): Promise<Database | undefined> {
  const { store } = request.services;
  const name = selectorsDatabase(await selectingAccount(request));
  return (await store.exists(name)) ? store.database(name) : undefined;
}
