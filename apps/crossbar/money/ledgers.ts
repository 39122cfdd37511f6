// Ledgers: entries in the databases of the months, what they come to, and the balance over all months.
import { createHash } from 'node:crypto';
import { type DocumentOf, isRecord } from '../../../core/contract/index.ts';
import {
  accountDatabase,
  gregorian,
  isMonthDatabase,
  monthDatabase,
  monthOf,
  type Store,
  type StoredDocument,
} from '../../../core/couch/index.ts';
import { ledger as contract } from '../../../core/documents/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import { auditFields, publicPart, type RestRequest, storedAs } from '../engine/index.ts';
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

/**
 * Enters it into the month of now in the ledgers of `into`, which may be another account than the one it is about. Its id is made
 * of what it says, as with Kazoo: of the same a second time, from a client that had no answer, what stands already is given.
 */
export async function enter(
  request: RestRequest,
  kind: 'credit' | 'debit',
  { amount = 0, period, ...entry }: Entry,
  { about, into = about }: { readonly about: AccountDocument; readonly into?: AccountDocument },
): Promise<{ readonly entry: LedgerDocument; readonly isNew: boolean }> {
  const now = new Date();
  const document = {
    ...entry,
    _id: `${monthOf(now)}-${digestOf([kind, about._id, amount, period, entry])}`,
    amount: unitsOf(amount),
    account: { id: about._id, name: about.name },
    period: { ...period, start: period?.start ?? gregorian(now) },
    executor: { trigger: 'crossbar', module: 'ledgers' },
    ...auditFields(request),
    pvt_type: contract.type,
    pvt_ledger_type: kind,
  };
  const database = request.services.store.database(monthDatabase(into._id, now));
  try {
    const saved = await database.save(document as object as StoredDocument);
    return { entry: storedAs(contract, saved), isNew: true };
  } catch (error) {
    const standing =
      hasCode(error, 'datastore_conflict') && (await database.find(document._id, { fresh: true }));
    if (!standing) throw error;
    return { entry: storedAs(contract, standing), isNew: false };
  }
}

/** What tells two entries apart: neither time nor who asked, nor in which order the client wrote its keys. */
function digestOf(said: unknown): string {
  const sorted = JSON.stringify(said, (_, value: unknown) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
  return createHash('sha256').update(sorted).digest('hex').slice(0, 32);
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
