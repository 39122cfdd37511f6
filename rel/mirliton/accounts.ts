// Accounts as operators name them: by id, name, realm or number.
import { accountDatabase, numberDatabase, type Store, type StoredDocument } from '../../core/couch/index.ts';
import { AppError, hasCode } from '../../core/errors/index.ts';
import { findE164 } from '../../core/telephony/index.ts';

/** The account behind an id, a realm, a name or a number. Throws `not_found`, or `invalid_data` when several fit. */
export async function findAccount(store: Store, word: string): Promise<StoredDocument> {
  const accounts = store.database('accounts');
  const byId = /^[0-9a-f]{32}$/.test(word) ? await accounts.find(word, { fresh: true }) : undefined;
  if (byId) return byId;
  const plain = word.toLowerCase().replace(/[^a-z0-9]/g, '');
  const view = (name: string, key: string) => accounts.view('accounts', name, { key, fresh: true });
  const rows = [
    ...(await view('listing_by_realm', word.toLowerCase())),
    ...(await view('listing_by_alphanum_name', plain)),
  ];
  const ids = [...new Set([...rows.map(({ id }) => id), ...(await ownerOf(store, word))])];
  const [id, ...others] = ids;
  if (id === undefined)
    throw new AppError('not_found', { message: `no account has the id, realm, name or number ${word}` });
  if (others.length > 0)
    throw new AppError('invalid_data', {
      message: `${word} may be any of the accounts ${ids.join(', ')}: give the id`,
    });
  return accounts.get(id, { fresh: true });
}

async function ownerOf(store: Store, word: string): Promise<string[]> {
  const e164 = findE164(word);
  if (e164 === undefined) return [];
  try {
    const owner = (await store.database(numberDatabase(e164)).find(e164, { fresh: true }))?.[
      'pvt_assigned_to'
    ];
    return typeof owner === 'string' ? [owner] : [];
  } catch (error) {
    // The first number with a prefix makes the prefix' database.
    if (hasCode(error, 'datastore_missing')) return [];
    throw error;
  }
}

/** Every account, by name. */
export async function allAccounts(store: Store): Promise<StoredDocument[]> {
  const rows = await store.database('accounts').all({ includeDocs: true });
  return rows
    .flatMap(({ doc }) => (doc?.pvt_type === 'account' && doc.pvt_deleted !== true ? [doc] : []))
    .sort((a, b) => String(a['name']).localeCompare(String(b['name'])));
}

/** The names of the accounts above one, the root first. */
export async function namesAbove(store: Store, account: StoredDocument): Promise<string[]> {
  const tree = Array.isArray(account['pvt_tree']) ? account['pvt_tree'].map(String) : [];
  const found = await Promise.all(tree.map((id) => store.database('accounts').find(id, { fresh: true })));
  return found.map((it, index) => String(it?.['name'] ?? tree[index]));
}

/** As lists and answers show an account. */
export function accountRow(account: StoredDocument): Record<string, unknown> {
  return {
    id: account._id,
    name: account['name'],
    realm: account['realm'],
    enabled: account['pvt_enabled'] !== false,
    master: account['pvt_superduper_admin'] === true,
    reseller: account['pvt_reseller'] === true,
    may_add_numbers: account['pvt_wnm_allow_additions'] === true,
    parents: Array.isArray(account['pvt_tree']) ? account['pvt_tree'].length : 0,
    database: accountDatabase(account._id),
  };
}
