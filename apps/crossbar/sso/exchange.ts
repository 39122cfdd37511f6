// A code for tokens, at the token endpoint of a provider (RFC 6749 §4.1.3, RFC 7636 §4.5).
import type { Services } from '../engine/request.ts';
import { ask, failed, refused } from './ask.ts';
import { discovered } from './discovery.ts';
import type { AuthApp, Provider } from './registry.ts';

export interface Code {
  readonly code: string;
  readonly redirect_uri: string;
  /** What the `code_challenge` of the client was made of. */
  readonly code_verifier?: string | undefined;
}

export interface Tokens {
  readonly accessToken: string | undefined;
  readonly tokenType: string;
  readonly idToken: string | undefined;
  readonly scope: string | undefined;
}

/** Rejects with `invalid_credentials` when the provider refuses the code, with `bad_gateway` when it does not work. */
export async function exchange(
  services: Services,
  app: AuthApp,
  provider: Provider,
  { code, redirect_uri, code_verifier }: Code,
): Promise<Tokens> {
  const url = provider.access_code_url ?? (await discovered(services, provider, 'token_endpoint'));
  if (url === undefined) throw failed(provider._id, 'says nowhere how to use a code');
  const { status, json } = await ask(services, {
    provider: provider._id,
    url,
    method: 'POST',
    form: {
      grant_type: 'authorization_code',
      client_id: app._id,
      client_secret: app.pvt_secret ?? '',
      redirect_uri,
      code,
      ...(code_verifier !== undefined && { code_verifier }),
    },
  });
  const { error } = json;
  // Some answer 200 also when they refuse.
  if (status !== 200 || error !== undefined) {
    services.log.info('a provider refused a code', { provider: provider._id, app: app._id, status, error });
    if (error === 'invalid_client' || error === 'unauthorized_client')
      throw failed(provider._id, 'does not accept the app: look at its secret');
    throw refused('the provider does not accept the code');
  }
  const text = (key: string): string | undefined => {
    const value = json[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const tokens = {
    accessToken: text('access_token'),
    tokenType: text('token_type') ?? 'Bearer',
    idToken: text('id_token'),
    scope: text('scope'),
  };
  if (tokens.accessToken === undefined && tokens.idToken === undefined)
    throw failed(provider._id, 'gave no token for the code');
  return tokens;
}
