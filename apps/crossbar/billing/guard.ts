// Billing on write: no document that costs more is stored before the charges are accepted (contract/crossbar.md §7).
import { randomBytes } from 'node:crypto';
import {
  accountIdOf,
  databaseClassOf,
  monthDatabase,
  monthOf,
  type Store,
  type StoredDocument,
} from '../../../core/couch/index.ts';
import { auditLog } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { findAccount } from '../engine/accounts.ts';
import { type AccountDocument, parameter, type RestRequest } from '../engine/request.ts';
import { holdingsOf, reconcile } from './holdings.ts';
import type { Holdings } from './items.ts';
import { findService, hasPlans, soldTo } from './plans.ts';
import { difference, isEmpty, plus, type Quantities, quantitiesOf } from './quantities.ts';
import { addedTo, hasAdditions, type Invoice, invoicesOf } from './quote.ts';

type Document = StoredDocument | undefined;

/** Looks at every write of a request. */
export interface Guard {
  /** Rejects with `accept_charges` or `billing_issue` when the write must not be. */
  before(database: string, before: Document, after: Document): Promise<void>;
  /** Keeps the count of the account, and who accepted what. Never rejects: the write is done. */
  after(database: string, before: Document, after: Document): Promise<void>;
}

interface Change {
  readonly account: string;
  readonly changes: Quantities;
}

/**
 * Whose a document is, and what its change adds or takes away. A number counts where it stands among all numbers: its copy
 * in the account follows from that.
 */
function changeOf(database: string, before: Document, after: Document): Change | undefined {
  const type = (after ?? before)?.pvt_type;
  const kind = databaseClassOf(database);
  if (kind !== (type === 'number' ? 'numbers' : 'account')) return undefined;
  const owner = (document: Document): string | undefined =>
    type === 'number' ? (document?.['pvt_assigned_to'] as string | undefined) : accountIdOf(database);
  const account = owner(after) ?? owner(before);
  if (account === undefined) return undefined;
  const own = (document: Document): Quantities =>
    owner(document) === account && document?.pvt_deleted !== true ? quantitiesOf(document) : {};
  const changes = difference(own(before), own(after));
  return isEmpty(changes) ? undefined : { account, changes };
}

/** The guard of one request: as with Kazoo it is the plan of whoever asks that counts, and they accept the charges. */
export function guardOf(
  request: Pick<RestRequest, 'auth' | 'data' | 'query' | 'envelope' | 'services'> & About,
): Guard {
  const { auth, services } = request;
  const { store, log } = services;
  const accepted = String(parameter(request, 'accept_charges')) === 'true';
  return {
    before: async (database, before, after) => {
      const change = auth && changeOf(database, before, after);
      if (!change) return;
      const invoices = await quoted(store, auth.account, change);
      if (!hasAdditions(invoices)) return;
      if (!accepted) throw new AppError('accept_charges', { details: { invoices } });
      await checkStanding(request, invoices);
      services.behind.store(monthDatabase(auth.account._id, new Date()), logged(request, change, invoices));
    },
    after: async (database, before, after) => {
      const change = changeOf(database, before, after);
      if (!change) return;
      try {
        const account = await findAccount(store, change.account);
        if (account) await reconcile(store, account);
      } catch (error) {
        log.warn('an account could not be counted', { error, account: change.account });
      }
    },
  };
}

/** What the audit log says of a request. */
interface About {
  readonly id: string;
  readonly clientIp: string;
  readonly verb: string;
  readonly path?: string;
}

/** What the plan of `payer` makes of a change; nothing when it has no plan. */
async function quoted(
  store: Store,
  payer: AccountDocument,
  { account, changes }: Change,
): Promise<Invoice[]> {
  const service = await findService(store, payer._id);
  if (!service || !hasPlans(service)) return [];
  const now = await holdingsOf(store, payer._id, service);
  const next: Holdings =
    account === payer._id
      ? { ...now, own: plus(now.own, changes) }
      : { ...now, below: plus(now.below, changes) };
  return invoicesOf(await soldTo(store, payer, service), next, now);
}

/** Without good standing nothing is added; only the bookkeeper knows, and none but the one that knows nothing is here. */
async function checkStanding({ services }: Pick<RestRequest, 'services'>, invoices: readonly Invoice[]) {
  if (!(await services.systemConfig.get('services', 'enforce_good_standing', false))) return;
  const asks = invoices.some(({ bookkeeper }) => (bookkeeper?.type ?? 'default') !== 'default');
  if (asks)
    throw new AppError('billing_issue', {
      message: 'the bookkeeper of the account does not answer: nothing was charged',
      details: { data: { reason: 'bookkeeper_fault' } },
    });
}

function logged(
  { auth, id, clientIp, verb }: Pick<RestRequest, 'auth'> & About,
  { account, changes }: Change,
  invoices: readonly Invoice[],
): StoredDocument {
  const user = auth?.user;
  const items = invoices.flatMap(({ items }) => items.filter((item) => addedTo(item) > 0));
  const document = {
    _id: `${monthOf(new Date())}-${randomBytes(16).toString('hex')}`,
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
      changes: { type: 'accepted', account_id: account, quantities: changes },
    },
    invoice: {
      items,
      summary: {
        today: invoices.reduce((sum, { summary }) => sum + summary.today, 0),
        recurring: invoices.reduce((sum, { summary }) => sum + summary.recurring, 0),
      },
    },
  };
  return document as object as StoredDocument;
}
