// An identity at a provider, and the user that it is linked to: the `user` document of system_auth.
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

const text = Type.Optional(Type.String());

/** Somebody as a provider knows them. */
export const auth_link = document({
  type: 'user',
  schema: 'auth.link',
  database: 'system_auth',
  summary: 'An identity at a provider',
  fields: {
    display_name: text,
    email: text,
    photo_url: text,
    /** What the provider said. */
    profile: Type.Optional(freeObject),
    scope: text,
    scopes: Type.Optional(Type.Array(Type.String())),
    verified_email: Type.Optional(Type.Boolean()),
  },
  privateFields: {
    pvt_app_id: Type.String(),
    pvt_app_provider_id: Type.String(),
    pvt_app_account_id: Type.String(),
    pvt_user_identity: Type.String(),
    pvt_owner_id: Type.String(),
    /** Unix seconds: when somebody proved last to have it. */
    pvt_proved_at: Type.Integer(),
  },
});
