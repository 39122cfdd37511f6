// A provider of identities: the `provider` document of type oauth in system_auth, schema `auth.provider`
// (contract/couch.md §4).
import { document, Type } from '../contract/index.ts';

const text = Type.Optional(Type.String({ minLength: 1, maxLength: 256 }));
const texts = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 256 })));
const address = Type.Optional(Type.String({ format: 'uri' }));

/** Who vouches for people, by OAuth 2.0 or OpenID Connect. Its id is its name, e.g. `google`. */
export const auth_provider = document({
  type: 'provider',
  schema: 'auth.provider',
  database: 'system_auth',
  summary: 'A provider of identities',
  fields: {
    /** Where a code is exchanged for tokens; default: what `discovery` says. */
    access_code_url: address,
    auth_module: text,
    /** The document of OpenID Connect that says where everything is. */
    discovery: address,
    enabled: Type.Optional(Type.Boolean()),
    /** What else than the issuer of `discovery` its tokens may name, with or without https://. */
    issuer_domains: texts,
    name: text,
    profile_access_api_key: text,
    /** What is shown to read a profile: the token of the user in a header or in the address, or a key. */
    profile_access_auth_type: Type.Optional(Type.Enum(['token', 'url', 'api_key'])),
    profile_access_token_type: text,
    profile_access_verb: Type.Optional(Type.Enum(['get', 'post'])),
    /** The field of `discovery` that says where profiles are; default `userinfo_endpoint`. */
    profile_discovery_field: text,
    profile_displayName_field: text,
    profile_email_field: text,
    /** What names a person for ever; default `sub`. */
    profile_identity_field: text,
    /** Several fields that name a person together. */
    profile_identity_fields: texts,
    profile_photo_url_field: text,
    /** Fields without which nobody is let in. */
    profile_required_props: texts,
    profile_url: address,
    provider_name: text,
    /** The field of `discovery` that says where the keys are; default `jwks_uri`. */
    public_key_discovery_field: text,
  },
  privateFields: { pvt_provider_type: Type.String(), pvt_profile_access_api_key: Type.String() },
});
