// The `blacklist` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { freeObjectByDefault } from './shared.ts';

/** Callers that are not let in. */
export const blacklist = document({
  type: 'blacklist',
  schema: 'blacklists',
  database: 'account',
  summary: 'Callers that are not let in',
  fields: {
    flags: Type.Optional(Type.Array(Type.String())),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    numbers: Type.Optional(freeObjectByDefault),
    should_block_anonymous: Type.Optional(Type.Boolean()),
  },
});
