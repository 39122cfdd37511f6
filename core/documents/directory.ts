// The `directory` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';

/** People a caller may find by name. */
export const directory = document({
  type: 'directory',
  schema: 'directories',
  database: 'account',
  summary: 'People a caller may find by name',
  fields: {
    confirm_match: Type.Optional(Type.Boolean({ default: true })),
    flags: Type.Optional(Type.Array(Type.String())),
    max_dtmf: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    min_dtmf: Type.Optional(Type.Integer({ minimum: 1, default: 3 })),
    name: Type.String({ minLength: 1 }),
    search_fields: Type.Optional(Type.Enum(['first_name', 'last_name', 'both'])),
    sort_by: Type.Optional(Type.Enum(['first_name', 'last_name'], { default: 'last_name' })),
    /** Computed when it is read: who names this directory in `directories`. */
    users: Type.Optional(Type.Array(Type.Unknown(), { default: [] })),
  },
});
