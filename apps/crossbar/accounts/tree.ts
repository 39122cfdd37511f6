// The tree of accounts: lists of children, descendants, siblings and ancestors; moving an account elsewhere.
import type { Store } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  type AccountDocument,
  caller,
  type DataReply,
  exclusive,
  findAccount,
  getAccount,
  invalid,
  type ListReply,
  list,
  type Reply,
  type RestRequest,
  reaches,
  targetAccount,
} from '../engine/index.ts';
import { accountsLock, recount, updateAccount } from './write.ts';

/** The summary of an account in lists. */
function summary({ _id, name, realm }: AccountDocument): Record<string, unknown> {
  return { id: _id, name, realm };
}

/** Lists below an account are sorted by name: their view's key is `[ancestor, name]`. */
const below =
  (view: string) =>
  (request: RestRequest, root = targetAccount(request)._id): Promise<ListReply> =>
    list(
      request,
      request.services.store.database('accounts'),
      { design: 'accounts', view },
      { prefix: [root], fileName: 'accounts' },
    );

export const listChildren = below('listing_by_children');
export const listDescendants = below('listing_by_descendants');

/** The account's parent's children; only the caller's own siblings, unless the caller reaches the parent. */
export async function listSiblings(request: RestRequest): Promise<Reply> {
  const account = targetAccount(request);
  const auth = caller(request);
  const parentId = account.pvt_tree?.at(-1);
  if (parentId === undefined) return { data: [summary(account)] };
  const parent = await getAccount(request.services.store, parentId);
  const allowed = await request.services.systemConfig.get('crossbar', 'accounts.allow_sibling_listing', true);
  const own = account._id === auth.account._id && auth.admin && allowed;
  if (!own && !reaches(auth, parent)) throw new AppError('forbidden');
  return listChildren(request, parentId);
}

/** From the root down, as far as the caller reaches; never the account itself. */
export async function listAncestors(request: RestRequest): Promise<DataReply> {
  const { store } = request.services;
  const auth = caller(request);
  const found = await Promise.all(
    (targetAccount(request).pvt_tree ?? []).map((id) => findAccount(store, id)),
  );
  return {
    data: found
      .filter((account) => account && reaches(auth, account))
      .map((account) => account && summary(account)),
  };
}

/**
 * The account of a request under the parent that its data names. Who may do that is said by `accounts.allow_move`:
 * `superduper_admin`, or `tree`, whoever stands above both.
 */
export async function moveAccount(request: RestRequest<{ to: string }>): Promise<AccountDocument> {
  const { store, systemConfig } = request.services;
  const { superduper, account: own } = caller(request);
  const allowed = await systemConfig.get('crossbar', 'accounts.allow_move', 'superduper_admin');
  if (!superduper && allowed !== 'tree') throw new AppError('forbidden');
  const { to } = request.data;
  const account = targetAccount(request);
  const parent = await findAccount(store, to);
  // What the caller does not reach is as good as missing.
  if (!parent || !reaches(caller(request), parent))
    throw invalid('to', 'not_found', 'there is no such account', { value: to });
  const isAbove = (it: AccountDocument): boolean => it.pvt_tree?.includes(own._id) === true;
  if (!superduper && !(isAbove(account) && isAbove(parent))) throw new AppError('forbidden');
  return moveBelow(store, account, parent);
}

/** What of an account says where it stands. */
export type Placed = Pick<AccountDocument, '_id' | 'pvt_tree' | 'pvt_superduper_admin'>;

/** Puts an account, with all that is below it, under another parent. Throws `invalid_data` for what cannot be. */
export async function moveBelow(store: Store, account: Placed, parent: Placed): Promise<AccountDocument> {
  const isBelow = parent._id === account._id || parent.pvt_tree?.includes(account._id);
  if (isBelow)
    throw invalid('to', 'forbidden', 'an account cannot stand below itself', { value: parent._id });
  if (account.pvt_superduper_admin) throw invalid('to', 'forbidden', 'the master account cannot be moved');
  return exclusive(accountsLock, async () => {
    const before = account.pvt_tree ?? [];
    const tree = [...(parent.pvt_tree ?? []), parent._id];
    const moved = await plant(store, account._id, tree);
    const descendants = await descendantsOf(store, account._id);
    for (const { id, tree: old } of descendants)
      await plant(store, id, [...tree, ...old.slice(old.indexOf(account._id))]);
    await recount(store, [...new Set([...before, ...tree])]);
    return moved;
  });
}

function plant(store: Store, id: string, tree: readonly string[]): Promise<AccountDocument> {
  return updateAccount(store, id, (document) => ({ ...document, pvt_tree: [...tree] }));
}

export interface Descendant {
  readonly id: string;
  readonly tree: readonly string[];
}

/** All accounts below one. */
export async function descendantsOf(store: Store, id: string): Promise<Descendant[]> {
  const rows = await store
    .database('accounts')
    .view<Descendant>('accounts', 'listing_by_descendants', { startKey: [id], endKey: [id, {}] });
  return rows.map(({ value }) => value);
}

export async function hasDescendants(store: Store, id: string): Promise<boolean> {
  return (await descendantsOf(store, id)).length > 0;
}
