// The `rate_limits` document of an account or a device (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { rateLimitsOf } from './shared.ts';

/** What one device may send, or an account and each of its devices. */
export const rateLimits = document({
  type: 'rate_limits',
  schema: 'rate_limits',
  database: 'account',
  summary: 'How much may be sent by SIP in a second and in a minute',
  fields: {
    account: Type.Optional(rateLimitsOf),
    device: Type.Optional(rateLimitsOf),
    per_minute: Type.Optional(rateLimitsOf.properties.per_minute),
    per_second: Type.Optional(rateLimitsOf.properties.per_second),
  },
  privateFields: {
    pvt_owner_id: Type.String(),
    pvt_owner_type: Type.String(),
    pvt_queryname: Type.String(),
  },
});
