// The `list` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';

/** A list of numbers and names. */
export const list = document({
  type: 'list',
  schema: 'lists',
  database: 'account',
  summary: 'A list of numbers and names',
  fields: {
    description: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    org: Type.Optional(Type.String()),
  },
});
