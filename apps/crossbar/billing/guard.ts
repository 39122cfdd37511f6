// Billing on write: no document that costs more is stored before the charges are accepted (contract/crossbar.md §7).
import { accountIdOf, databaseClassOf, type Store, type StoredDocument } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { findAccount } from '../engine/accounts.ts';
import { exclusive } from '../engine/exclusive.ts';
import { unwritten } from '../engine/recorder.ts';
import { type AccountDocument, parameter, type RestRequest, type Services } from '../engine/request.ts';
import { type About, withEntry } from './accepted.ts';
import { holdingsOf, reconcile } from './holdings.ts';
import type { Holdings } from './items.ts';
import { findService, hasPlans, soldTo } from './plans.ts';
import { difference, isEmpty, plus, type Quantities, quantitiesOf } from './quantities.ts';
import { hasAdditions, type Invoice, invoicesOf } from './quote.ts';

type Document = StoredDocument | undefined;

/** Looks at every write of a request. */
export interface Guard {
  /** Writes, unless the charges are not accepted: then it rejects with `accept_charges` or `billing_issue`. */
  saving(
    database: string,
    before: Document,
    after: StoredDocument,
    write: () => Promise<StoredDocument>,
  ): Promise<StoredDocument>;
  /** Keeps the count of the account. Never rejects: the write is done. */
  after(database: string, before: Document, after: Document): Promise<void>;
  /** Forgets what the request wrote and did not bring to an end. */
  end(): void;
}

interface Change {
  readonly account: string;
  readonly changes: Quantities;
}

/** What stands among those of all accounts, with a copy in the database of the account that has it. */
const shared: Readonly<Record<string, string>> = { number: 'numbers', dedicated_ip: 'dedicated_ips' };

const sourceOf = (document: Document): string | undefined => shared[String(document?.pvt_type)];

/** Whose a document is, and what its change adds or takes away. What is shared counts where it stands among all. */
function changeOf(database: string, before: Document, after: Document): Change | undefined {
  const source = sourceOf(after ?? before);
  if (databaseClassOf(database) !== (source ?? 'account')) return undefined;
  const owner = (document: Document): string | undefined =>
    source ? (document?.['pvt_assigned_to'] as string | undefined) : accountIdOf(database);
  const account = owner(after) ?? owner(before);
  if (account === undefined) return undefined;
  const own = (document: Document): Quantities =>
    owner(document) === account && document?.pvt_deleted !== true ? quantitiesOf(document) : {};
  const changes = difference(own(before), own(after));
  return isEmpty(changes) ? undefined : { account, changes };
}

/** The account that is to be counted anew after a write: counted is what stands in its database, copies too. */
function countedAfter(database: string, before: Document, after: Document): string | undefined {
  if (databaseClassOf(database) !== 'account') return undefined;
  return isEmpty(difference(quantitiesOf(before), quantitiesOf(after))) ? undefined : accountIdOf(database);
}

/** What was written and has no copy yet, so that no count shows it: by account, of all requests of this process. */
const underway = new Map<string, Set<Change & { readonly id: string }>>();

/** What of that one request wrote. */
function ownUnderway() {
  const own = new Map<string, Change & { readonly id: string }>();
  const drop = (id: string): void => {
    const change = own.get(id);
    if (change) underway.get(change.account)?.delete(change);
    if (change && underway.get(change.account)?.size === 0) underway.delete(change.account);
    own.delete(id);
  };
  return {
    add: (id: string, change: Change): void => {
      drop(id);
      const one = { ...change, id };
      own.set(id, one);
      underway.set(change.account, (underway.get(change.account) ?? new Set()).add(one));
    },
    drop,
    end: (): void => [...own.keys()].forEach(drop),
  };
}

const isAccepted = (request: Pick<RestRequest, 'data' | 'query' | 'envelope'>): boolean =>
  String(parameter(request, 'accept_charges')) === 'true';

/** The guard of one request: as with Kazoo it is the plan of whoever asks that counts, and they accept the charges. */
export function guardOf(
  request: Pick<RestRequest, 'auth' | 'data' | 'query' | 'envelope'> & About & Used,
): Guard {
  const { auth, services } = request;
  const { store, log } = services;
  const accepted = isAccepted(request);
  const mine = ownUnderway();
  /** What is to be paid for the change; rejects when that is not accepted. */
  const check = async (payer: AccountDocument, change: Change): Promise<readonly Invoice[]> => {
    const invoices = await quoted(store, payer, change);
    if (!hasAdditions(invoices)) return [];
    if (!accepted) throw new AppError('accept_charges', { details: { invoices } });
    await checkStanding(request, invoices);
    return invoices;
  };
  const after: Guard['after'] = async (database, before, after) => {
    const counted = countedAfter(database, before, after);
    if (counted === undefined) return;
    try {
      const account = await findAccount(store, counted);
      if (account) await reconcile(store, account);
    } catch (error) {
      log.warn('an account could not be counted', { error, account: counted });
    }
    const id = (after ?? before)?._id;
    if (id !== undefined) mine.drop(id);
  };
  return {
    saving: async (database, before, next, write) => {
      const change = auth && changeOf(database, before, next);
      const finish = async (): Promise<StoredDocument> => {
        const saved = await write();
        if (change && sourceOf(next)) mine.add(saved._id, change);
        await after(database, before, saved);
        return saved;
      };
      if (!change || !(await pays(store, auth.account))) return finish();
      // One after the other: who asks next is quoted for what stands then.
      return exclusive(`charges ${auth.account._id}`, async () => {
        const invoices = await check(auth.account, change);
        if (invoices.length === 0) return finish();
        return withEntry(store, request, { ...change, database, document: next, invoices }, finish);
      });
    },
    after,
    end: mine.end,
  };
}

async function pays(store: Store, account: AccountDocument): Promise<boolean> {
  const service = await findService(store, account._id);
  return service !== undefined && hasPlans(service);
}

/**
 * Asks for what many writes of one request cost together, before any of them is made. `work` does all of it with a request
 * that writes nothing, and must reject with nothing that its client should see. Rejects with `accept_charges`.
 */
export async function askFirst(
  request: RestRequest,
  work: (dry: RestRequest) => Promise<unknown>,
): Promise<void> {
  const { auth, services } = request;
  if (!auth || isAccepted(request) || !(await pays(services.store, auth.account))) return;
  const changes: Change[] = [];
  const note = (database: string, before: Document, after: Document): void => {
    const change = changeOf(database, before, after);
    if (change) changes.push(change);
  };
  await work({ ...request, services: { ...services, store: unwritten(services.store, note) } });
  const [first] = changes;
  if (!first) return;
  // They are of one account.
  const sum = changes.map((one) => one.changes).reduce((all, one) => plus(all, one));
  const invoices = await quoted(services.store, auth.account, { account: first.account, changes: sum });
  if (hasAdditions(invoices)) throw new AppError('accept_charges', { details: { invoices } });
}

/** What is used of the services. */
interface Used {
  readonly services: Pick<Services, 'store' | 'log' | 'systemConfig'>;
}

/** What the plan of `payer` makes of a change; nothing when it has no plan. */
async function quoted(
  store: Store,
  payer: AccountDocument,
  { account, changes }: Change,
): Promise<Invoice[]> {
  const service = await findService(store, payer._id);
  if (!service || !hasPlans(service)) return [];
  const now = withUnderway(payer._id, await holdingsOf(store, payer._id, service), account);
  const next: Holdings =
    account === payer._id
      ? { ...now, own: plus(now.own, changes) }
      : { ...now, below: plus(now.below, changes) };
  return invoicesOf(await soldTo(store, payer, service), next, now);
}

/** With what was written for the account meanwhile and has no copy yet. */
function withUnderway(payer: string, now: Holdings, account: string): Holdings {
  const part = account === payer ? 'own' : 'below';
  const more = [...(underway.get(account) ?? [])];
  return { ...now, [part]: more.reduce((sum, { changes }) => plus(sum, changes), now[part]) };
}

/** Without good standing nothing is added; only the bookkeeper knows, and none but the one that knows nothing is here. */
async function checkStanding({ services }: Used, invoices: readonly Invoice[]) {
  if (!(await services.systemConfig.get('services', 'enforce_good_standing', false))) return;
  const asks = invoices.some(({ bookkeeper }) => (bookkeeper?.type ?? 'default') !== 'default');
  if (asks)
    throw new AppError('billing_issue', {
      message: 'the bookkeeper of the account does not answer: nothing was charged',
      details: { data: { reason: 'bookkeeper_fault' } },
    });
}
