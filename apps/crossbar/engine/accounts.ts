// Accounts as the engine needs them: found by any form of their id in the copy that `accounts` keeps.
import { accountDatabase, accountIdOf, type Reads, type Store } from '../../../core/couch/index.ts';
import { account as contract, user } from '../../../core/documents/index.ts';
import { AppError, hasCode } from '../../../core/errors/index.ts';
import { typed } from './documents.ts';
import type { AccountDocument, UserDocument } from './request.ts';

/** The account, or undefined. Takes the raw id, `account/ab/cd/…` and its encoded form. */
export async function findAccount(store: Reads, id: string): Promise<AccountDocument | undefined> {
  try {
    return typed(contract, await store.database('accounts').find(accountIdOf(id)));
  } catch (error) {
    if (hasCode(error, 'bad_identifier')) return undefined;
    throw error;
  }
}

/** As `findAccount`; rejects with `bad_identifier` (404) when there is none. */
export async function getAccount(store: Store, id: string): Promise<AccountDocument> {
  const account = await findAccount(store, id);
  if (!account) throw noSuchAccount(id);
  return account;
}

/** Whether the account sells to others: a reseller, or the master. */
export const isReseller = ({ pvt_reseller, pvt_superduper_admin }: AccountDocument): boolean =>
  pvt_reseller === true || pvt_superduper_admin === true;

/** Who sells to an account: its reseller, else the account above it, else it itself. */
export const resellerOf = ({ _id, pvt_reseller_id, pvt_tree }: AccountDocument): string =>
  pvt_reseller_id ?? pvt_tree?.at(-1) ?? _id;

/** Who sells to the accounts right below one: it itself, where it sells, else who sells to it. */
export const resellerBelow = (parent: AccountDocument): string =>
  isReseller(parent) ? parent._id : resellerOf(parent);

/** A user of the account, enabled or not. */
export async function findUser(
  store: Reads,
  { _id }: AccountDocument,
  id: string,
): Promise<UserDocument | undefined> {
  return typed(user, await store.database(accountDatabase(_id)).find(id));
}

/** `id` as the client wrote it. */
export function noSuchAccount(id: string): AppError {
  return new AppError('bad_identifier', { message: 'no such account', details: { account: id } });
}
