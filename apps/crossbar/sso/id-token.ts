// Checks an id token by the published keys of its provider (OpenID Connect Core §3.1.3.7).
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { Services } from '../engine/request.ts';
import { failed, refused } from './ask.ts';
import { discovered, published } from './discovery.ts';
import type { AuthApp, Provider } from './registry.ts';

/** What a secret that is shared could have signed is signed by nobody in particular. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Seconds by which clocks may differ. */
const clockTolerance = 30;

export interface Expected {
  readonly nonce?: string | undefined;
  /** Seconds since it was issued. */
  readonly maxTokenAge?: number;
}

/** What the token says. Rejects with `invalid_credentials`, or with `bad_gateway` when there are no keys to check it by. */
export async function verifiedIdToken(
  services: Services,
  app: AuthApp,
  provider: Provider,
  token: string,
  { nonce, maxTokenAge }: Expected,
): Promise<JWTPayload> {
  const url = await discovered(services, provider, provider.public_key_discovery_field ?? 'jwks_uri');
  if (url === undefined) throw failed(provider._id, 'publishes no keys');
  const verify = async (anew: boolean): Promise<JWTPayload> => {
    const keys = (await published(services, provider, url, { anew })) as unknown;
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys as JSONWebKeySet), {
      algorithms,
      audience: app._id,
      clockTolerance,
      requiredClaims: ['iss', 'sub', 'exp', 'iat'],
      ...(maxTokenAge !== undefined && { maxTokenAge }),
    });
    return payload;
  };
  try {
    const claims = await verify(false).catch((error: unknown) => {
      // The provider may have begun to sign with another key.
      if (error instanceof errors.JWKSNoMatchingKey) return verify(true);
      throw error;
    });
    await checkIssuer(services, provider, claims);
    checkParties(app, claims, nonce);
    return claims;
  } catch (error) {
    if (error instanceof errors.JWKSInvalid)
      throw failed(provider._id, 'publishes keys that are none', error);
    if (error instanceof errors.JOSEError)
      throw refused(`the id token is not valid: ${error.code}`, { cause: error });
    throw error;
  }
}

async function checkIssuer(services: Services, provider: Provider, claims: JWTPayload): Promise<void> {
  const issuer = await discovered(services, provider, 'issuer');
  // Microsoft's issuer names the directory that somebody is of.
  const own = issuer?.replace('{tenantid}', String(claims['tid']));
  const accepted = [...(provider.issuer_domains ?? []), ...(own === undefined ? [] : [own])].map(bare);
  if (!accepted.includes(bare(claims.iss ?? ''))) throw refused('the id token is of another issuer');
}

const bare = (issuer: string): string => issuer.replace(/^https:\/\//, '').replace(/\/$/, '');

function checkParties(app: AuthApp, claims: JWTPayload, nonce: string | undefined): void {
  const { aud, azp } = claims;
  const several = Array.isArray(aud) && aud.length > 1;
  if ((azp !== undefined && azp !== app._id) || (several && azp === undefined))
    throw refused('the id token is for another app');
  if (nonce !== undefined && claims['nonce'] !== nonce) throw refused('the id token has another nonce');
}
