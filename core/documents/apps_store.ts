// The `apps_store` document: which apps of the user interface an account has, and who of it (contract/couch.md §3).
import { document, Type } from '../contract/index.ts';
import { allowedUsers, byPattern } from './shared.ts';

/** Who may use an app: all, the administrators, or those in `users` (ids, or objects with one, as Monster UI sends). */
export const appPermission = Type.Object({
  allowed_users: allowedUsers,
  name: Type.Optional(Type.String()),
  users: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Object({ id: Type.String() })]))),
});

/** One of an account, under the id `apps_store`. */
export const appsStore = document({
  type: 'apps_store',
  schema: 'apps_store',
  database: 'account',
  summary: 'Which apps of the user interface an account has, and who of it',
  fields: {
    /** By id of the app. */
    apps: Type.Optional(byPattern('.', appPermission)),
    /** Ids of apps that the account may not have; those above it say so. */
    blacklist: Type.Optional(Type.Array(Type.String())),
  },
});
