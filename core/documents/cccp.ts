// The `cccp` document: a calling card (contract/couch.md §4).
import { document, Type } from '../contract/index.ts';

/** Who calls a number of the account may call on from it: known by their number, or by a PIN. */
export const cccp = document({
  type: 'cccp',
  schema: 'cccps',
  database: 'account',
  summary: 'A calling card',
  fields: {
    active: Type.Optional(Type.Boolean({ default: false })),
    cid: Type.Optional(Type.String({ description: 'the number of who calls' })),
    comment: Type.Optional(Type.String()),
    // As Kazoo spells it.
    max_concurent_calls_per_user: Type.Optional(Type.Integer()),
    pin: Type.Optional(Type.String()),
    retain_cid: Type.Optional(Type.Boolean()),
    user_id: Type.Optional(Type.String({ minLength: 32, maxLength: 32 })),
  },
});
