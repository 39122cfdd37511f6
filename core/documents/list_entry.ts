// The `list_entry` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { profileByDefault } from './shared.ts';

/** One number or name of a list. */
export const listEntry = document({
  type: 'list_entry',
  schema: 'list_entries',
  database: 'account',
  summary: 'One number or name of a list',
  fields: {
    capture_group_key: Type.Optional(Type.String()),
    capture_group_length: Type.Optional(Type.Integer()),
    displayname: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    firstname: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    lastname: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    list_id: Type.String(),
    number: Type.Optional(Type.String()),
    pattern: Type.Optional(Type.String()),
    profile: Type.Optional(profileByDefault),
    type: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  },
});
