// The `role` document: what the people that bear it may do. Ours: Kazoo has none.
import { document, Type } from '../contract/index.ts';
import { endpointRules } from './shared.ts';

/** A set of rights of an account that its users can bear. */
export const role = document({
  type: 'role',
  schema: 'roles',
  database: 'account',
  summary: 'What the users that bear it may do',
  fields: {
    name: Type.String({ minLength: 1, maxLength: 128 }),
    /** What a user of this role counts as, where `rules` let them through at all. */
    priv_level: Type.Optional(Type.Enum(['user', 'admin'], { default: 'user' })),
    rules: endpointRules,
  },
});
