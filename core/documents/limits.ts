// The `limits` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { stringsByDefault } from './shared.ts';

/** How many calls an account may have at once. */
export const limits = document({
  type: 'limits',
  schema: 'limits',
  database: 'account',
  summary: 'How many calls an account may have at once',
  fields: {
    allow_prepay: Type.Optional(Type.Boolean({ default: true })),
    authz_resource_types: Type.Optional(stringsByDefault),
    burst_trunks: Type.Optional(Type.Integer({ minimum: 0 })),
    calls: Type.Optional(Type.Integer({ minimum: 0 })),
    inbound_trunks: Type.Optional(Type.Integer({ minimum: 0 })),
    outbound_trunks: Type.Optional(Type.Integer({ minimum: 0 })),
    resource_consuming_calls: Type.Optional(Type.Integer({ minimum: 0 })),
    twoway_trunks: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  privateFields: {
    pvt_allotments: Type.Record(Type.String(), Type.Unknown()),
    pvt_twoway_trunks: Type.Integer(),
    pvt_inbound_trunks: Type.Integer(),
    pvt_outbound_trunks: Type.Integer(),
    pvt_burst_trunks: Type.Integer(),
    pvt_calls: Type.Integer(),
    pvt_resource_consuming_calls: Type.Integer(),
    pvt_allow_prepay: Type.Boolean(),
    pvt_allow_postpay: Type.Boolean(),
  },
});
