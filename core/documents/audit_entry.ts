// The `audit_entry` document: what one request changed. Ours; Kazoo's `audit_log` is about services only.
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

const text = Type.Optional(Type.String());

/** One request that changed something: who, from where, what it was and what it is. Times in Gregorian seconds. */
export const audit_entry = document({
  type: 'audit_entry',
  schema: 'audit_logs',
  database: 'modb',
  summary: 'What one request over REST changed',
  fields: {
    timestamp: Type.Integer(),
    request_id: Type.String(),
    verb: Type.String(),
    path: Type.String(),
    status: Type.Integer(),
    client_ip: Type.String(),
    who: Type.Optional(
      Type.Object({
        account_id: Type.String(),
        account_name: text,
        user_id: text,
        username: text,
        method: Type.String(),
        original_account_id: text,
        original_user_id: text,
      }),
    ),
    changes: Type.Array(
      Type.Object({
        database: Type.String(),
        id: Type.String(),
        type: text,
        action: Type.Enum(['created', 'edited', 'deleted']),
        before: freeObject,
        after: freeObject,
        left_out: Type.Optional(Type.Boolean()),
      }),
    ),
  },
});
