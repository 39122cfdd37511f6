// The `service` document (contract/couch.md §3): which plans an account has, and what was counted of it.
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

const quantities = Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer({ minimum: 0 })));

/** The plans of an account; its id is the account's. */
export const service = document({
  type: 'service',
  schema: 'services',
  database: 'services',
  summary: 'The plans of an account, and what it has of everything',
  fields: {
    plans: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({ vendor_id: Type.Optional(Type.String()), overrides: Type.Optional(freeObject) }),
      ),
    ),
    overrides: Type.Optional(freeObject),
    quantities: Type.Optional(
      Type.Object({ account: Type.Optional(quantities), manual: Type.Optional(quantities) }),
    ),
    billing_id: Type.Optional(Type.String()),
  },
  privateFields: {
    pvt_tree: Type.Array(Type.String()),
    pvt_reseller: Type.Boolean(),
    pvt_reseller_id: Type.String(),
    pvt_status: Type.String(),
  },
});
