// The `dedicated_ip` document: its id is the address (contract/couch.md §3).
import { document, Type } from '../contract/index.ts';
import { oneOf } from './shared.ts';

/** An address of the cluster that one account may have for itself. */
export const dedicatedIp = document({
  type: 'dedicated_ip',
  schema: 'ip',
  database: 'dedicated_ips',
  summary: 'An address that an account may have for itself',
  fields: {
    host: Type.String({ minLength: 1 }),
    ip: oneOf(Type.String({ format: 'ipv4' }), Type.String({ format: 'ipv6' })),
    zone: Type.String({ minLength: 1 }),
  },
  privateFields: {
    pvt_zone: Type.String(),
    pvt_host: Type.String(),
    pvt_status: Type.Enum(['available', 'assigned']),
    pvt_assigned_to: Type.String(),
  },
});
