// A crossbar with a provider of identities and an app of it, and people who sign in; for tests only.
import { decodeJwt } from 'jose';
import { type IdentityProvider, identityProvider, type Person } from './identity-provider.ts';
import { type Answer, type Rest, startRest, type Tenant } from './rest.ts';

let made = 0;

/** Somebody new at the provider. */
export function somebody(): Person {
  made += 1;
  return {
    sub: `${made}`,
    email: `p${made}@idp.test`,
    name: `P ${made}`,
    picture: `https://idp.test/${made}`,
  };
}

/** The `auth_id` in the token of an answer. */
export function authIdOf({ body }: Answer): string {
  return String(decodeJwt(body.auth_token)['auth_id']);
}

export interface SignInBench {
  readonly rest: Rest;
  readonly idp: IdentityProvider;
  readonly tenant: Tenant;
  readonly other: Tenant;
  /** As the administrator of the master account. */
  master(method: string, path: string, data?: object): Promise<Answer>;
  callback(more: object): Promise<Answer>;
  /** The person allows the app, and comes back with a code. */
  signIn(person: Person, more?: object): Promise<Answer>;
  userOf(account: Tenant, more?: object): Promise<{ readonly id: string; readonly token: string }>;
  link(id: string, token: string): Promise<Answer>;
  /** A new user of the account, to whom somebody is linked. */
  linked(
    account: Tenant,
    more?: object,
  ): Promise<{ readonly user: { id: string; token: string }; readonly person: Person; readonly id: string }>;
  stop(): Promise<void>;
}

export async function signInBench(): Promise<SignInBench> {
  const rest = await startRest();
  const idp = await identityProvider();
  const { systemConfig } = rest.context;
  await systemConfig.set('crossbar', 'auth.oauth.private_providers', true);
  await systemConfig.set('crossbar', 'auth.lockout.failures', 0);
  await systemConfig.set('crossbar', 'rate_limits.capacity', 0);
  const master: SignInBench['master'] = (method, path, data) =>
    rest.send(method, path, data, { token: rest.master.token });
  const callback: SignInBench['callback'] = (more) =>
    rest.send('PUT', 'auth/callback', {
      provider: 'idp',
      client_id: idp.client.id,
      redirect_uri: idp.client.redirect,
      code: 'none',
      ...more,
    });
  const signIn: SignInBench['signIn'] = (person, more = {}) => callback({ code: idp.allow(person), ...more });
  const userOf: SignInBench['userOf'] = async (account, more = {}) => {
    made += 1;
    const person = { first_name: 'U', last_name: 'V', username: `user${made}`, password: 'pw', ...more };
    const { body } = await account.send('PUT', 'users', person);
    const { body: session } = await rest.login(person.username, 'pw', account.name);
    return { id: String(body.data.id), token: String(session.auth_token) };
  };
  const link: SignInBench['link'] = (id, token) => rest.send('PUT', `auth/links/${id}`, {}, { token });
  const linked: SignInBench['linked'] = async (account, more = {}) => {
    const [user, person] = [await userOf(account, more), somebody()];
    const id = authIdOf(await signIn(person));
    const { status, text } = await link(id, user.token);
    if (status !== 201) throw new Error(`${person.email} was not linked: ${text}`);
    return { user, person, id };
  };
  await master('PUT', 'auth/providers', { id: 'idp', discovery: idp.discovery });
  await master('PUT', 'auth/apps', { client_id: idp.client.id, provider: 'idp', secret: idp.client.secret });
  const stop = async (): Promise<void> => {
    await rest.stop();
    await idp.stop();
  };
  const [tenant, other] = [await rest.account('acme'), await rest.account('other')];
  return { rest, idp, tenant, other, master, callback, signIn, userOf, link, linked, stop };
}

/** Fails unless the answer has this status and says this. */
export function says({ status, text }: Answer, wanted: number, words: RegExp): void {
  if (status !== wanted || !words.test(text)) throw new Error(`not ${wanted} ${words}: ${status} ${text}`);
}
