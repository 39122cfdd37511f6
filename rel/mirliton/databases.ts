// Databases as operators name them: by any form of their name, or all those of an account.
import { accountDatabase, rawName, type Store } from '../../core/couch/index.ts';
import { AppError } from '../../core/errors/index.ts';
import { findAccount } from './accounts.ts';
import { many, text } from './command.ts';

/** The words that name them, for the declaration of a command. */
export const databaseWords = {
  args: { databases: many('e.g. accounts, an account id; all without one') },
  options: {
    account: text('ACCOUNT', 'those of this account (id, name, realm or number), its months among them'),
  },
} as const;

/** Raw names of those that are named and of the account's; all where nothing is named. Throws `not_found`. */
export async function findDatabases(
  store: Store,
  names: readonly string[],
  account: string | undefined,
): Promise<readonly string[]> {
  const known = await store.list();
  const own = account === undefined ? undefined : accountDatabase((await findAccount(store, account))._id);
  const wanted = [
    ...names.map(rawName),
    ...known.filter((name) => own !== undefined && (name === own || name.startsWith(`${own}-`))),
  ];
  const missing = wanted.find((name) => !known.includes(name));
  if (missing !== undefined) throw new AppError('not_found', { message: `there is no database ${missing}` });
  return wanted.length > 0 ? wanted : known;
}
