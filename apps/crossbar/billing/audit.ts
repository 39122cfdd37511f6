// Who agreed to what an account pays for: the entries of the months, and what they come to by day.
import { isRecord } from '../../../core/contract/index.ts';
import { fromGregorian } from '../../../core/couch/index.ts';
import { auditLog } from '../../../core/documents/index.ts';
import {
  type DataReply,
  loadOfMonth,
  monthList,
  monthRows,
  pathParameter,
  publicPart,
  type Reply,
  type RestRequest,
  windowOf,
} from '../engine/index.ts';
import type { Item } from './items.ts';
import { addedTo } from './quote.ts';

const listing = { design: 'services', view: 'audit_logs_by_creation' };

export function listAudit(request: RestRequest): Promise<Reply> {
  return monthList(request, { ...listing, fileName: 'audit' });
}

export async function readAudit(request: RestRequest): Promise<DataReply> {
  const found = await loadOfMonth(request, auditLog, pathParameter(request, 'id'));
  return { data: publicPart(found), revision: found._rev };
}

interface Day {
  readonly addition: number;
  readonly removal: number;
  readonly quantity: number;
  readonly last_timestamp: number;
  readonly sum_quantity: false;
}

/** More entries than any window has. */
const most = 50_000;

/** Additions by item and day; `source` leaves the others out. */
export async function auditSummary(request: RestRequest, source?: string): Promise<DataReply> {
  const whole = { start: undefined, end: undefined, descending: false };
  const options = { includeDocs: true };
  const rows = await monthRows(request, { ...listing, options }, await windowOf(request), whole, most);
  const days: Record<string, Record<string, Day>> = {};
  for (const { doc } of rows) {
    const at = doc?.pvt_created ?? 0;
    const day = fromGregorian(at).toISOString().slice(0, 10);
    const invoice = doc?.['invoice'];
    for (const item of (isRecord(invoice) ? (invoice['items'] ?? []) : []) as readonly Item[]) {
      const before = days[item.item]?.[day];
      days[item.item] = {
        ...days[item.item],
        [day]: {
          addition: (before?.addition ?? 0) + addedTo(item),
          removal: 0,
          quantity: item.billable,
          last_timestamp: at,
          sum_quantity: false,
        },
      };
    }
  }
  if (source === undefined) return { data: [days] };
  return { data: Object.entries(days[source] ?? {}).map(([day, value]) => ({ [day]: value })) };
}
