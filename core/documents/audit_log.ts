// The `audit_log` document (contract/crossbar.md §7): who agreed to which charges.
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

/** One change of what an account pays for. */
export const auditLog = document({
  type: 'audit_log',
  schema: 'services_audit_log',
  database: 'modb',
  summary: 'A change of what an account pays for, and who made it',
  fields: {
    audit: Type.Optional(freeObject),
    invoice: Type.Optional(freeObject),
    message: Type.Optional(Type.String()),
    reason: Type.Optional(Type.String()),
    status: Type.Optional(Type.String()),
  },
});
