// Ledgers: entries in the databases of the months, what they come to, and the balance over all months.
import { type DocumentOf, isRecord } from '../../../core/contract/index.ts';
import {
  accountDatabase,
  gregorian,
  isMonthDatabase,
  monthDatabase,
  type Store,
  type StoredDocument,
} from '../../../core/couch/index.ts';
import { ledger as contract } from '../../../core/documents/index.ts';
import { auditFields, newMonthId, publicPart, type RestRequest, storedAs } from '../engine/index.ts';
import type { AccountDocument } from '../engine/request.ts';
import { dollarsOf, unitsOf } from './amounts.ts';

export type LedgerDocument = DocumentOf<typeof contract>;

/** A credit or debit as a client orders it, in dollars. */
export interface Entry {
  readonly amount?: number;
  readonly description?: string;
  readonly metadata?: object;
  readonly period?: { readonly start?: number; readonly end?: number };
  readonly source: { readonly id: string; readonly service: string };
  readonly usage: { readonly quantity: number; readonly type: string; readonly unit: string };
}

/** Enters it into the month of now in the ledgers of `into`, which may be another account than the one it is about. */
export async function enter(
  request: RestRequest,
  kind: 'credit' | 'debit',
  { amount = 0, period, ...entry }: Entry,
  { about, into = about }: { readonly about: AccountDocument; readonly into?: AccountDocument },
): Promise<LedgerDocument> {
  const now = new Date();
  const document = {
    ...entry,
    _id: newMonthId(now),
    amount: unitsOf(amount),
    account: { id: about._id, name: about.name },
    period: { ...period, start: period?.start ?? gregorian(now) },
    executor: { trigger: 'crossbar', module: 'ledgers' },
    ...auditFields(request),
    pvt_type: contract.type,
    pvt_ledger_type: kind,
  };
  const database = request.services.store.database(monthDatabase(into._id, now));
  return storedAs(contract, await database.save(document as object as StoredDocument));
}

/** An entry as clients see it: in dollars, below zero when it was taken. */
export function shownEntry(entry: LedgerDocument): Record<string, unknown> {
  const sign = entry.pvt_ledger_type === 'debit' ? -1 : 1;
  return { ...publicPart(entry), amount: sign * dollarsOf(entry.amount) };
}

/**
 * What an account has, in dollars: everything that was credited and debited, back to the last month that begins with what
 * was carried over (`rollovers`), as Kazoo's do.
 */
export async function balanceOf(store: Store, account: string): Promise<number> {
  const months = (await store.list(`${accountDatabase(account)}-`)).filter(isMonthDatabase).sort().reverse();
  let units = 0;
  for (const name of months) {
    const rows = await store
      .database(name)
      .view<number>('ledgers', 'total_by_source', { groupLevel: 1, fresh: true });
    units += rows.reduce((sum, { value }) => sum + value, 0);
    if (rows.some(({ key }) => Array.isArray(key) && key[0] === 'rollovers')) break;
  }
  return dollarsOf(units);
}

interface Sum {
  readonly amount: number;
  readonly usage: { readonly type?: string; readonly quantity?: number; readonly unit?: string };
}

/** By service; what the views of the months give is added up, in dollars. */
export function sumOf(months: readonly unknown[]): Record<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const month of months)
    for (const [service, one] of Object.entries(isRecord(month) ? month : {}) as [string, Sum][]) {
      const before = sums.get(service);
      sums.set(service, {
        amount: (before?.amount ?? 0) + dollarsOf(one.amount),
        usage: {
          ...one.usage,
          ...before?.usage,
          quantity: (before?.usage.quantity ?? 0) + (one.usage.quantity ?? 0),
        },
      });
    }
  return Object.fromEntries(sums);
}
