// The `ledger` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

/** An entry of a ledger. Clients speak of dollars; `amount` is stored in units of a ten-thousandth. */
export const ledger = document({
  type: 'ledger',
  schema: 'ledgers',
  database: 'modb',
  summary: 'A credit or debit of an account',
  fields: {
    account: Type.Optional(
      Type.Object({ id: Type.Optional(Type.String()), name: Type.Optional(Type.String()) }),
    ),
    amount: Type.Optional(Type.Number({ minimum: 1 })),
    description: Type.Optional(Type.String()),
    metadata: Type.Optional(freeObject),
    period: Type.Optional(
      Type.Object({ end: Type.Optional(Type.Integer()), start: Type.Optional(Type.Integer()) }),
    ),
    source: Type.Object({ id: Type.String(), service: Type.String() }),
    usage: Type.Object({ quantity: Type.Integer(), type: Type.String(), unit: Type.String() }),
  },
  privateFields: { pvt_ledger_type: Type.Enum(['credit', 'debit']) },
});
