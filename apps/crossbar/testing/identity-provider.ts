// A provider of identities (OpenID Connect) on loopback, which can be made to fail in every way; for tests only.
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** Somebody who allowed an app to know them. */
export interface Person {
  readonly sub: string;
  readonly email?: string;
  readonly name?: string;
  readonly picture?: string;
}

export interface Grant {
  readonly nonce?: string;
  /** S256 (RFC 7636). */
  readonly code_challenge?: string;
  /** Claims of the id token that differ from what they should be. */
  readonly claims?: JWTPayload;
}

type Answer = (response: ServerResponse) => void;

const client = { id: 'portal.apps.test', secret: 'known to both', redirect: 'https://portal.test' };

/** Starts one with one client on a free port. */
export async function identityProvider() {
  const codes = new Map<string, { readonly person: Person; readonly grant: Grant }>();
  const tokens = new Map<string, Person>();
  const heard: string[] = [];
  const answers = new Map<string, Answer>();
  const newKeys = async () => ({
    ...(await generateKeyPair('RS256', { extractable: true })),
    kid: randomUUID(),
  });
  let keys = await newKeys();

  const idToken = (sub: string, more: JWTPayload = {}, key = keys.privateKey): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: url, aud: client.id, sub, iat: now, exp: now + 300, ...more };
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: keys.kid }).sign(key);
  };

  const exchange = async (request: IncomingMessage): Promise<[number, object]> => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    const found = codes.get(String(form['code']));
    codes.delete(String(form['code']));
    if (form['client_id'] !== client.id || form['client_secret'] !== client.secret)
      return [401, { error: 'invalid_client' }];
    const challenge = createHash('sha256')
      .update(form['code_verifier'] ?? '')
      .digest('base64url');
    const { code_challenge = challenge, nonce, claims } = found?.grant ?? {};
    if (!found || form['redirect_uri'] !== client.redirect || code_challenge !== challenge)
      return [400, { error: 'invalid_grant' }];
    const access_token = randomUUID();
    tokens.set(access_token, found.person);
    const id_token = await idToken(found.person.sub, { ...(nonce !== undefined && { nonce }), ...claims });
    return [200, { access_token, token_type: 'bearer', scope: 'openid email', id_token }];
  };

  const answer = async (request: IncomingMessage, path: string): Promise<[number, object]> => {
    switch (path) {
      case '/.well-known/openid-configuration':
        return [
          200,
          {
            issuer: url,
            token_endpoint: `${url}/token`,
            userinfo_endpoint: `${url}/userinfo`,
            jwks_uri: `${url}/jwks`,
          },
        ];
      case '/token':
        return exchange(request);
      case '/userinfo': {
        const person = tokens.get((request.headers.authorization ?? '').replace(/^Bearer /, ''));
        return person ? [200, person] : [401, { error: 'invalid_token' }];
      }
      case '/jwks':
        return [200, { keys: [{ ...(await exportJWK(keys.publicKey)), kid: keys.kid, alg: 'RS256' }] }];
      default:
        return [404, {}];
    }
  };

  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    heard.push(path);
    const instead = answers.get(path);
    if (instead) return instead(response);
    void answer(request, path).then(([status, json]) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    client,
    discovery: `${url}/.well-known/openid-configuration`,
    /** Paths that were asked for. */
    heard,
    /** What is answered at a path instead of what should be. */
    answers,
    /** What a browser brings back from the provider. */
    allow: (person: Person, grant: Grant = {}): string => {
      const code = randomUUID();
      codes.set(code, { person, grant });
      return code;
    },
    idToken,
    /** Signs with another key from now on. */
    rotate: async (): Promise<void> => {
      keys = await newKeys();
    },
    stop: (): Promise<void> =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export type IdentityProvider = Awaited<ReturnType<typeof identityProvider>>;
