// What is kept of charges that were accepted: one entry in the month for each change that was made, whoever dies or races
// (contract/crossbar.md §7).
import { createHash } from 'node:crypto';
import { monthDatabase, monthOf, type Store, type StoredDocument } from '../../../core/couch/index.ts';
import { auditLog } from '../../../core/documents/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import type { RestRequest } from '../engine/request.ts';
import type { Quantities } from './quantities.ts';
import { addedTo, type Invoice } from './quote.ts';

/** What the entry says of a request. */
export interface About {
  readonly id: string;
  readonly clientIp: string;
  readonly verb: string;
  readonly path?: string;
}

/** The document that is written, as it stands before that. */
export interface Accepted {
  readonly database: string;
  readonly document: { readonly _id: string; readonly _rev?: string };
  /** The account that has it, and what it has more or less of. */
  readonly account: string;
  readonly changes: Quantities;
  readonly invoices: readonly Invoice[];
}

/**
 * Writes with an entry that says who accepted what. The entry comes first and bears an id of what is changed: of the payer, the
 * document and its revision. So a change whose process died, and which is asked for again, has the entry already; and of two
 * processes that make the same change, the one that is refused takes away nothing that the other needs.
 */
export async function withEntry<T>(
  store: Store,
  request: Pick<RestRequest, 'auth'> & About,
  accepted: Accepted,
  write: () => Promise<T>,
): Promise<T> {
  const { auth } = request;
  if (!auth) return write();
  const entries = store.database(monthDatabase(auth.account._id, new Date()));
  const entry = entryOf(request, accepted);
  const own = async (): Promise<StoredDocument | undefined> => {
    const found = await entries.find(entry._id, { fresh: true });
    return found && requestOf(found) === request.id ? found : undefined;
  };
  const put = (): Promise<boolean> =>
    entries.save(entry).then(
      () => true,
      (error) => {
        if (hasCode(error, 'datastore_conflict')) return false;
        throw error;
      },
    );
  const first = await put();
  try {
    const result = await write();
    // Who came first was refused just now, and takes the entry away unless it is ours.
    if (!first) await claim();
    return result;
  } catch (error) {
    const mine = first ? await own() : undefined;
    // Whoever claimed it meanwhile has another revision: then it stays.
    if (mine) await entries.save({ ...mine, _deleted: true }).catch(ignoreConflict);
    throw error;
  }

  async function claim(): Promise<void> {
    const other = await entries.find(entry._id, { fresh: true });
    const saved = await entries
      .save({ ...entry, ...(other?._rev && { _rev: other._rev }) })
      .then(() => true, ignoreConflict);
    if (!saved) await put();
  }
}

function ignoreConflict(error: unknown): false {
  if (hasCode(error, 'datastore_conflict')) return false;
  throw error;
}

function requestOf(entry: StoredDocument): unknown {
  return (entry as { audit?: { request?: { id?: unknown } } }).audit?.request?.id;
}

function entryOf(
  { auth, id, clientIp, verb }: Pick<RestRequest, 'auth'> & About,
  { database, document, account, changes, invoices }: Accepted,
): StoredDocument {
  const user = auth?.user;
  const items = invoices.flatMap(({ items }) => items.filter((item) => addedTo(item) > 0));
  const changed = [auth?.account._id, database, document._id, document._rev ?? ''];
  const digest = createHash('sha256').update(changed.join('\n')).digest('hex').slice(0, 32);
  const entry = {
    _id: `${monthOf(new Date())}-${digest}`,
    pvt_type: auditLog.type,
    status: 'success',
    reason: 'accepted',
    audit: {
      authentication: {
        type: auth?.method,
        account_id: auth?.account._id,
        account_name: auth?.account.name,
      },
      ...(user && {
        agent: {
          type: 'user',
          type_id: user._id,
          account_id: auth?.account._id,
          first_name: user.first_name,
          last_name: user.last_name,
          full_name: `${user.first_name} ${user.last_name}`,
        },
      }),
      request: { id, client_ip: clientIp, method: verb },
      changes: { type: 'accepted', account_id: account, document_id: document._id, quantities: changes },
    },
    invoice: {
      items,
      summary: {
        today: invoices.reduce((sum, { summary }) => sum + summary.today, 0),
        recurring: invoices.reduce((sum, { summary }) => sum + summary.recurring, 0),
      },
    },
  };
  return entry as object as StoredDocument;
}
