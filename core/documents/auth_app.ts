// An application that was registered with a provider of identities: the `app` document of system_auth, schema `auth.app`
// (contract/couch.md §4).
import { document, Type } from '../contract/index.ts';

const text = Type.Optional(Type.String({ minLength: 1, maxLength: 256 }));

/** A client of a provider, of the account that registered it. Its id is its `client_id`. */
export const auth_app = document({
  type: 'app',
  schema: 'auth.app',
  database: 'system_auth',
  summary: 'An application registered with a provider of identities',
  fields: {
    client_id: Type.String({ minLength: 1, maxLength: 256 }),
    description: text,
    email: text,
    name: text,
    provider: Type.String({ minLength: 1, maxLength: 64 }),
    /** Where its people may be sent back to; without them the provider alone decides. */
    redirect_uris: Type.Optional(Type.Array(Type.String({ format: 'uri' }))),
    /** Never shown. Must be given with a new app; a change without it leaves it. */
    secret: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
  },
  privateFields: {
    pvt_auth_provider: Type.String(),
    pvt_secret: Type.String(),
    /** Begins the ids of the identities that it knows. */
    pvt_user_prefix: Type.String(),
  },
});
