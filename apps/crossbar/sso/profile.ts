// Who somebody is at a provider: the profile, and what names them in it for ever.
import type { JWTPayload } from 'jose';
import type { Services } from '../engine/request.ts';
import { ask, failed, type Json, refused } from './ask.ts';
import { discovered } from './discovery.ts';
import type { Tokens } from './exchange.ts';
import type { Provider } from './registry.ts';

export interface Profile {
  /** What names the person at the provider. */
  readonly identity: string;
  readonly email: string | undefined;
  readonly verifiedEmail: boolean | undefined;
  readonly displayName: string | undefined;
  readonly photoUrl: string | undefined;
  /** What the provider said. */
  readonly said: Json;
}

const emailFields = ['email', 'emailAddress', 'email_address', 'mail'];

/**
 * The person behind tokens; `claims` are those of the id token, when there is a good one. Rejects with
 * `invalid_credentials` when the profile names nobody, with `bad_gateway` when the provider does not work.
 */
export async function profileOf(
  services: Services,
  provider: Provider,
  tokens: Tokens | undefined,
  claims: JWTPayload | undefined,
): Promise<Profile> {
  const url =
    provider.profile_url ??
    (await discovered(services, provider, provider.profile_discovery_field ?? 'userinfo_endpoint'));
  const token = tokens?.accessToken;
  const said =
    url !== undefined && token !== undefined
      ? await read(services, provider, url, token, tokens?.tokenType)
      : claims;
  if (!said) throw failed(provider._id, 'says nothing about people');
  // OpenID Connect Core §5.3.2: otherwise the profile may be that of somebody else.
  if (claims && said['sub'] !== undefined && said['sub'] !== claims.sub)
    throw refused('the profile is not that of who signed in');
  const missing = (provider.profile_required_props ?? []).filter((key) => said[key] === undefined);
  if (missing.length > 0) throw refused(`the profile has no ${missing.join(', ')}`);
  return shaped(provider, said, claims ?? {});
}

async function read(
  services: Services,
  provider: Provider,
  url: string,
  token: string,
  tokenType: string | undefined,
): Promise<Json> {
  const how = provider.profile_access_auth_type ?? 'token';
  const type = tokenType ?? provider.profile_access_token_type ?? 'Bearer';
  const authorization = {
    // Some say `bearer`, and want `Bearer`.
    token: `${type.replace(/^bearer$/i, 'Bearer')} ${token}`,
    api_key: `API_KEY ${provider.pvt_profile_access_api_key ?? provider.profile_access_api_key ?? ''}`,
    url: undefined,
  }[how];
  const { status, json } = await ask(services, {
    provider: provider._id,
    url: how === 'url' ? `${url}${encodeURIComponent(token)}` : url,
    method: provider.profile_access_verb === 'post' ? 'POST' : 'GET',
    ...(authorization !== undefined && { headers: { authorization } }),
  });
  if (status === 200) return json;
  services.log.info('a provider refused a profile', { provider: provider._id, status });
  throw refused('the provider does not show the profile');
}

function shaped(provider: Provider, said: Json, claims: Json): Profile {
  const text = (...fields: readonly (string | undefined)[]): string | undefined => {
    for (const field of fields)
      for (const place of [said, claims]) {
        const value = field === undefined ? undefined : place[field];
        if (typeof value === 'string' && value !== '') return value.slice(0, 2048);
      }
    return undefined;
  };
  const verified = said['email_verified'] ?? said['verified_email'] ?? claims['email_verified'];
  return {
    identity: identityIn(provider, said),
    email: text(provider.profile_email_field, ...emailFields),
    verifiedEmail: verified === undefined ? undefined : String(verified) === 'true',
    displayName: text(provider.profile_displayName_field ?? 'name'),
    photoUrl: text(provider.profile_photo_url_field ?? 'picture'),
    said,
  };
}

function identityIn(provider: Provider, said: Json): string {
  const { profile_identity_field: one, profile_identity_fields: several } = provider;
  const fields = one !== undefined ? [one] : (several ?? ['sub']);
  const parts = fields.map((field) => said[field]);
  const named = parts.every((part) => (typeof part === 'string' && part !== '') || typeof part === 'number');
  const identity = parts.join('-');
  if (!named || identity === '' || identity.length > 200) throw refused('the profile names nobody');
  return identity;
}
