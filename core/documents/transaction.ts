// The `transaction` document (contract/couch.md §3): what a bookkeeper was asked to move.
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

/** A sale or a refund through a bookkeeper. `amount` is stored in units of a ten-thousandth of a dollar. */
export const transaction = document({
  type: 'transaction',
  schema: 'transactions',
  database: 'modb',
  summary: 'A sale or a refund through a bookkeeper',
  fields: {
    amount: Type.Optional(Type.Number()),
    bookkeeper: Type.Optional(freeObject),
    description: Type.Optional(Type.String()),
    executor: Type.Optional(freeObject),
    metadata: Type.Optional(freeObject),
    order_id: Type.Optional(Type.String()),
    status: Type.Optional(Type.String()),
  },
});
