// The `group` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { freeObjectByDefault, strings } from './shared.ts';

/** A group of users and devices. */
export const group = document({
  type: 'group',
  schema: 'groups',
  database: 'account',
  summary: 'A group of users and devices',
  fields: {
    endpoints: freeObjectByDefault,
    flags: Type.Optional(strings),
    music_on_hold: Type.Optional(
      Type.Object(
        {
          media_id: Type.Optional(Type.String({ maxLength: 128 })),
        },
        { default: {} },
      ),
    ),
    name: Type.String({ minLength: 1, maxLength: 128 }),
  },
});
