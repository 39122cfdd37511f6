// Signing in with an identity of a provider: a code or an id token for a token of ours (contract/crossbar.md §5).
import { decodeJwt, errors, type JWTPayload } from 'jose';
import { isRecord } from '../../../core/contract/index.ts';
import { toAppError } from '../../../core/errors/index.ts';
import { noteAttempt } from '../auth/attempts.ts';
import { guessedFrom } from '../auth/lockout.ts';
import { openSession } from '../auth/session.ts';
import { identityTokenOf, issueIdentityToken } from '../auth/tokens.ts';
import { findAccount, findUser } from '../engine/accounts.ts';
import type { DataReply } from '../engine/endpoint.ts';
import { type AccountDocument, invalid, type RestRequest, type UserDocument } from '../engine/request.ts';
import { refused } from './ask.ts';
import { exchange, type Tokens } from './exchange.ts';
import { verifiedIdToken } from './id-token.ts';
import { findLink, type Link, proved } from './links.ts';
import { profileOf } from './profile.ts';
import { type AuthApp, findApp, findProvider, type Provider, serves } from './registry.ts';

/** What a provider sent a browser back with. */
export interface Callback {
  readonly provider: string;
  readonly client_id: string;
  readonly code: string;
  readonly redirect_uri: string;
  readonly state?: string;
  readonly code_verifier?: string;
  readonly nonce?: string;
}

/** Who signs in, as far as the provider is concerned. */
interface Proven {
  readonly app: AuthApp;
  readonly link: Link;
  readonly tokens?: Tokens;
}

/** Seconds since an id token was issued that somebody brings along. */
const idTokenAge = 600;

/**
 * Signs in with a code. Without a linked user the answer is empty, and its token names the identity (`auth_id`) and opens
 * nothing. Rejects with `invalid_credentials`, or with `bad_gateway` when the provider does not work.
 */
export function signInByCode(request: RestRequest<Callback>): Promise<DataReply> {
  return guarded(request, async () => {
    const { services, data } = request;
    checkReturn(data);
    const { app, provider } = await registered(request, data.client_id);
    if (provider._id !== data.provider) throw refused('the app is of another provider');
    if (app.redirect_uris && !app.redirect_uris.includes(data.redirect_uri))
      throw invalid('redirect_uri', 'enum', 'is none of the app', { value: data.redirect_uri });
    const tokens = await exchange(services, app, provider, data);
    if (data.nonce !== undefined && tokens.idToken === undefined)
      throw refused('the provider gave no id token, and so no nonce');
    // Without a discovery document there are no keys: then the profile says who it is.
    const claims =
      tokens.idToken === undefined || provider.discovery === undefined
        ? undefined
        : await verifiedIdToken(services, app, provider, tokens.idToken, { nonce: data.nonce });
    const profile = await profileOf(services, provider, tokens, claims);
    return { app, tokens, link: await proved(services, app, profile, tokens.scope) };
  });
}

/** Signs in with an id token of a provider, or goes on with the token that an earlier answer gave. As `signInByCode`. */
export function signInByToken(
  request: RestRequest<{ readonly token: string; readonly client_id?: string; readonly nonce?: string }>,
): Promise<DataReply> {
  return guarded(request, async () => {
    const { services, data } = request;
    const claims = peeked(data.token);
    if (claims.iss === 'kazoo') {
      const link = await findLink(services, await identityTokenOf(services, data.token));
      const app = link && (await findApp(services.store, String(link.pvt_app_id)));
      if (!link || !app) throw refused('this identity is known no more');
      return { app, link };
    }
    const { app, provider } = await registered(request, data.client_id ?? String(claims.aud));
    const expected = { nonce: data.nonce, maxTokenAge: idTokenAge };
    const verified = await verifiedIdToken(services, app, provider, data.token, expected);
    const profile = await profileOf(services, provider, undefined, verified);
    return { app, link: await proved(services, app, profile, undefined) };
  });
}

/** Who guesses is slowed down; a provider that does not work is nobody's fault. */
async function guarded(request: RestRequest, prove: () => Promise<Proven>): Promise<DataReply> {
  const { services, clientIp } = request;
  const guessed = guessedFrom(clientIp, 'identities of providers');
  services.lockout.check(guessed);
  try {
    return await signIn(request, await prove());
  } catch (thrown) {
    const error = toAppError(thrown);
    services.log.info('login refused', { clientIp, method: 'cb_auth', reason: error.message });
    if (error.code === 'invalid_credentials' && error.details['data'] === undefined)
      await services.lockout.failed(guessed);
    throw error;
  }
}

async function registered(
  { services: { store } }: RestRequest,
  clientId: string,
): Promise<{ readonly app: AuthApp; readonly provider: Provider }> {
  const app = await findApp(store, clientId);
  const provider = app && (await findProvider(store, String(app.pvt_auth_provider)));
  if (!app || !provider || provider.enabled === false) throw refused('no such app of a provider');
  return { app, provider };
}

/** An address to come back to, and a `state` that is of this very request where it says of which it is. */
function checkReturn({ redirect_uri, state, client_id, provider }: Callback): void {
  const url = URL.canParse(redirect_uri) ? new URL(redirect_uri) : undefined;
  const isAddress = url !== undefined && /^https?:$/.test(url.protocol) && url.hash === '';
  if (!isAddress && redirect_uri !== 'postmessage')
    throw invalid('redirect_uri', 'format', 'must be an http(s) address', { value: redirect_uri });
  const said = stateIn(state);
  for (const [key, own] of Object.entries({ client_id, provider }))
    if (said[key] !== undefined && said[key] !== own)
      throw invalid('state', 'invalid', `is of a request with another ${key}`, { value: state });
}

/** Monster UI's `state` is JSON in base64; anybody may have another. */
function stateIn(state: string | undefined): Readonly<Record<string, unknown>> {
  if (state === undefined) return {};
  try {
    const said: unknown = JSON.parse(Buffer.from(decodeURIComponent(state), 'base64').toString());
    return isRecord(said) ? said : {};
  } catch {
    return {};
  }
}

function peeked(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refused('the token is no JWT', { cause: error });
    throw error;
  }
}

async function signIn(request: RestRequest, proven: Proven): Promise<DataReply> {
  const { services } = request;
  const holder = await holderOf(request, proven);
  const claims = claimsOf(proven);
  const { accessToken, tokenType } = proven.tokens ?? {};
  if (!holder) {
    // The page that says who was not known shows their picture with it.
    const app = accessToken && { auth_app_token: accessToken, auth_app_token_type: tokenType };
    return { data: {}, envelope: { auth_token: await issueIdentityToken(services, { ...claims, ...app }) } };
  }
  try {
    return await openSession(request, holder, { method: 'cb_auth', claims });
  } catch (thrown) {
    const error = toAppError(thrown);
    const { data } = error.details;
    if (!isRecord(data)) throw error;
    // A code is good once: with this, and the second factor, it goes on at auth/authorize.
    const identity_token = await issueIdentityToken(services, claims);
    throw refused(error.message, { details: { ...error.details, data: { ...data, identity_token } } });
  }
}

/** Whom an identity is linked to; undefined when to nobody. */
async function holderOf(
  request: RestRequest,
  { app, link }: Proven,
): Promise<{ readonly account: AccountDocument; readonly user: UserDocument } | undefined> {
  const { pvt_account_id: accountId, pvt_owner_id: userId } = link;
  if (accountId === undefined || userId === undefined) return undefined;
  const { store } = request.services;
  const account = await findAccount(store, accountId);
  const user = account && (await findUser(store, account, userId));
  if (account && user && user.enabled !== false && serves(app, account)) return { account, user };
  const reason = 'the user of this identity is gone or disabled';
  const attempt = { method: 'cb_auth', type: 'identity', status: 'failed', userId } as const;
  if (account) await noteAttempt(request, { ...attempt, accountId, message: reason });
  throw refused('this identity lets nobody in');
}

/** What a token says of the identity, with Kazoo's names. */
function claimsOf({ app, link }: Proven): JWTPayload & { readonly auth_id: string } {
  const { email, scope, display_name: displayName, photo_url: photoUrl } = link;
  return {
    auth_id: link._id,
    auth_app_id: app._id,
    auth_provider: link.pvt_app_provider_id,
    ...(email !== undefined && { email }),
    ...(scope !== undefined && { scope }),
    ...(displayName !== undefined && { displayName }),
    ...(photoUrl !== undefined && { photoUrl }),
  };
}
