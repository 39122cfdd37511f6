// transactions: what a bookkeeper was asked to move; without one nothing is moved, and that is said.
import { Type } from '../../../core/contract/index.ts';
import { transaction as document } from '../../../core/documents/index.ts';
import { noBookkeeper } from '../billing/acts.ts';
import {
  accountEndpoint,
  type DataReply,
  loadOfMonth,
  monthList,
  operation,
  pathParameter,
  publicPart,
  type Reply,
  type RestModule,
  type RestRequest,
} from '../engine/index.ts';
import { dollarsOf } from '../money/amounts.ts';

const order = Type.Object({
  amount: Type.Number({ exclusiveMinimum: 0, description: 'dollars' }),
  description: Type.Optional(Type.String()),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  order_id: Type.Optional(Type.String()),
});

const move = (summary: string) => operation('ancestor', summary, noBookkeeper, { accepts: order });

export const transactions: RestModule = {
  name: 'transactions',
  summary: 'Sales and refunds through a bookkeeper',
  endpoints: [
    accountEndpoint('transactions', {
      GET: operation('admin', 'Transactions, newest first', list, { list: true }),
    }),
    accountEndpoint('transactions/sale', { PUT: move('Charges the account through its bookkeeper') }),
    accountEndpoint('transactions/refund', { PUT: move('Pays the account back through its bookkeeper') }),
    accountEndpoint('transactions/:id', {
      GET: operation('admin', 'A transaction', read, { reply: document.schema }),
    }),
  ],
};

interface Row {
  readonly amount?: number;
}

function list(request: RestRequest): Promise<Reply> {
  return monthList(request, {
    design: 'transactions',
    view: 'list_by_timestamp',
    plainKey: true,
    show: ({ value }) => ({ ...(value as Row), amount: dollarsOf((value as Row).amount) }),
    fileName: 'transactions',
  });
}

async function read(request: RestRequest): Promise<DataReply> {
  const found = await loadOfMonth(request, document, pathParameter(request, 'id'));
  return { data: { ...publicPart(found), amount: dollarsOf(found.amount) }, revision: found._rev };
}
