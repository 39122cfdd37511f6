// Signing in with an identity of a provider: who is let in, and with what.
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { decodeJwt, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { accountDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import { authIdOf, type SignInBench, says, signInBench, somebody } from '../testing/sign-in.ts';

describe('signing in with an identity', () => {
  let bench: SignInBench;
  before(async () => {
    bench = await signInBench();
  });
  after(() => bench.stop());

  it('that nobody linked gives an empty answer, and a token that opens nothing', async () => {
    const { rest, tenant, signIn, idp } = bench;
    const person = somebody();
    const answer = await signIn(person);
    expect([answer.status, answer.body.data], answer.text).to.deep.equal([201, {}]);
    const claims = decodeJwt(answer.body.auth_token);
    expect(claims).to.include({ auth_app_id: idp.client.id, auth_provider: 'idp', email: person.email });
    expect(claims).to.include({ displayName: person.name, photoUrl: person.picture, method: 'cb_auth' });
    expect(claims).not.to.have.any.keys('account_id', 'owner_id');
    expect(claims['auth_id']).not.to.include(person.sub.padStart(8, '0'));
    const token = String(answer.body.auth_token);
    for (const path of ['auth/links', 'auth/apps', `accounts/${tenant.id}`, `auth/tokeninfo?token=${token}`])
      expect((await rest.send('GET', path, undefined, { token })).status, path).to.equal(401);
  });

  it('that a user linked lets that user in from then on', async () => {
    const { rest, tenant, signIn, idp, linked } = bench;
    const { user, person, id } = await linked(tenant);
    const answer = await signIn(person);
    expect([answer.status, answer.body.data.owner_id], answer.text).to.deep.equal([201, user.id]);
    expect(answer.body.data).to.include({ account_id: tenant.id, account_name: 'acme' });
    const token = String(answer.body.auth_token);
    expect(decodeJwt(token)).to.include({ account_id: tenant.id, owner_id: user.id, auth_id: id });
    expect(decodeJwt(token)).not.to.have.property('auth_app_token');
    const mine = await rest.send('GET', 'auth/links', undefined, { token });
    expect(mine.body.data).to.deep.equal([
      { id, app: idp.client.id, provider: 'idp', scopes: ['openid', 'email'], email: person.email },
    ]);
    const one = await rest.send('GET', `auth/links/${id}`, undefined, { token });
    expect(one.body.data).to.include({ id, email: person.email, display_name: person.name });
    expect(one.text).not.to.match(/pvt_|known to both/);
    const again = await signIn({ ...person, name: 'Another name' });
    expect(decodeJwt(again.body.auth_token)['displayName']).to.equal('Another name');
  });

  it('gives one identity, however often somebody comes at once', async () => {
    const { signIn } = bench;
    const person = somebody();
    const ids = await Promise.all([1, 2, 3, 4].map(async () => authIdOf(await signIn(person))));
    expect(new Set(ids).size).to.equal(1);
  });

  describe('is refused', () => {
    it('with a wrong code, verifier, app, provider, address or state', async () => {
      const { callback, idp, signIn } = bench;
      says(await callback({}), 401, /does not accept the code/);
      const code = idp.allow(somebody());
      await callback({ code });
      says(await callback({ code }), 401, /does not accept the code/);
      const verifier = 'v'.repeat(43);
      const code_challenge = createHash('sha256').update(verifier).digest('base64url');
      const pkce = (code_verifier: string) =>
        callback({ code: idp.allow(somebody(), { code_challenge }), code_verifier });
      says(await pkce('w'.repeat(43)), 401, /does not accept the code/);
      expect((await pkce(verifier)).status).to.equal(201);
      says(await signIn(somebody(), { client_id: 'unknown' }), 401, /no such app/);
      says(await signIn(somebody(), { client_id: '_design/apps' }), 401, /no such app/);
      says(await signIn(somebody(), { provider: 'google' }), 401, /another provider/);
      says(await signIn(somebody(), { redirect_uri: 'https://elsewhere.test' }), 401, /does not accept/);
      for (const redirect_uri of ['nonsense', 'javascript:alert(1)', 'https://portal.test/#x'])
        says(await signIn(somebody(), { redirect_uri }), 400, /redirect_uri/);
      const state = (said: object) => Buffer.from(JSON.stringify(said)).toString('base64');
      const own = { client_id: idp.client.id, provider: 'idp' };
      expect((await signIn(somebody(), { state: state(own) })).status).to.equal(201);
      expect((await signIn(somebody(), { state: 'what a client likes' })).status).to.equal(201);
      says(await signIn(somebody(), { state: state({ ...own, provider: 'x' }) }), 400, /another provider/);
      says(await signIn(somebody(), { state: state({ ...own, client_id: 'x' }) }), 400, /another client_id/);
      for (const missing of ['provider', 'client_id', 'code', 'redirect_uri'])
        says(await callback({ [missing]: undefined }), 400, new RegExp(`"${missing}":\\{"required"`));
    });

    it('with an id token that is not as it should be', async () => {
      const { callback, idp } = bench;
      const withClaims = (claims: JWTPayload) => callback({ code: idp.allow(somebody(), { claims }) });
      const past = Math.floor(Date.now() / 1000) - 3600;
      says(await withClaims({ aud: 'another app' }), 401, /not valid/);
      says(await withClaims({ aud: [idp.client.id, 'another app'] }), 401, /another app/);
      says(await withClaims({ azp: 'another app' }), 401, /another app/);
      says(await withClaims({ iss: 'https://evil.test' }), 401, /another issuer/);
      says(await withClaims({ exp: past }), 401, /not valid/);
      says(await withClaims({ sub: 'somebody else' }), 401, /not that of who signed in/);
      const withNonce = (nonce: string) =>
        callback({ code: idp.allow(somebody(), { nonce: 'mine' }), nonce });
      says(await withNonce('yours'), 401, /nonce/);
      expect((await withNonce('mine')).status).to.equal(201);
    });

    it('of an app whose people may be sent back only elsewhere', async () => {
      const { idp, master, signIn } = bench;
      const path = `auth/apps/${idp.client.id}`;
      await master('PATCH', path, { redirect_uris: ['https://elsewhere.test'] });
      says(await signIn(somebody()), 400, /redirect_uri/);
      await master('PATCH', path, { redirect_uris: [idp.client.redirect] });
      expect((await signIn(somebody())).status).to.equal(201);
      await master('PATCH', path, { redirect_uris: null });
    });

    it('while the provider is disabled', async () => {
      const { master, signIn } = bench;
      await master('PATCH', 'auth/providers/idp', { enabled: false });
      says(await signIn(somebody()), 401, /no such app/);
      await master('PATCH', 'auth/providers/idp', { enabled: true });
      expect((await signIn(somebody())).status).to.equal(201);
    });

    it('when the user is disabled or gone, or the account is', async () => {
      const { rest, tenant, signIn, linked } = bench;
      const { user, person } = await linked(tenant);
      await tenant.send('PATCH', `users/${user.id}`, { enabled: false });
      says(await signIn(person), 401, /lets nobody in/);
      await tenant.send('PATCH', `users/${user.id}`, { enabled: true });
      expect((await signIn(person)).body.data.owner_id).to.equal(user.id);
      const goner = await linked(tenant);
      await rest.store.database(accountDatabase(tenant.id)).remove(goner.user.id, { hard: true });
      says(await signIn(goner.person), 401, /lets nobody in/);
      // Who is deleted here takes the link along.
      await tenant.send('DELETE', `users/${user.id}`);
      expect((await signIn(person)).body.data).to.deep.equal({});
      const closed = await rest.account('closed');
      const there = await linked(closed);
      const disable = (document: StoredDocument) => ({ ...document, pvt_enabled: false });
      await rest.store.database('accounts').update(closed.id, disable);
      expect((await signIn(there.person)).status).to.equal(423);
    });

    it('where the account does not let people in this way', async () => {
      const { other, signIn, linked } = bench;
      const { person } = await linked(other);
      const modules = (enabled: boolean) =>
        other.send('POST', 'security', { auth_modules: { cb_auth: { enabled } } });
      await modules(false);
      expect((await signIn(person)).status).to.equal(401);
      await modules(true);
      expect((await signIn(person)).status).to.equal(201);
    });
  });

  describe('with an id token that a client has', () => {
    it('is as good as with a code, while the token is young', async () => {
      const { rest, idp, tenant, userOf, link } = bench;
      const bring = (token: string, more: object = {}) =>
        rest.send('PUT', 'auth/authorize', { token, ...more });
      const user = await userOf(tenant);
      const { sub } = somebody();
      const first = await bring(await idp.idToken(sub));
      expect([first.status, first.body.data], first.text).to.deep.equal([201, {}]);
      await link(authIdOf(first), user.token);
      expect((await bring(await idp.idToken(sub))).body.data.owner_id).to.equal(user.id);
      const old = Math.floor(Date.now() / 1000) - 700;
      says(await bring(await idp.idToken(sub, { iat: old })), 401, /not valid/);
      says(await bring(await idp.idToken(sub, { aud: 'unknown' })), 401, /no such app/);
      says(await bring(await idp.idToken(sub), { nonce: 'x' }), 401, /nonce/);
      says(await bring('rubbish'), 401, /no JWT/);
    });

    it('needs the key of the provider, also when that began to sign with another', async () => {
      const { rest, idp } = bench;
      const bring = (token: string) => rest.send('PUT', 'auth/authorize', { token });
      const { privateKey } = await generateKeyPair('RS256');
      says(await bring(await idp.idToken('1', {}, privateKey)), 401, /not valid/);
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: idp.url, aud: idp.client.id, sub: '1', iat: now, exp: now + 60 };
      const byIts = (alg: string) =>
        new SignJWT(claims).setProtectedHeader({ alg }).sign(Buffer.from(idp.client.secret.padEnd(64)));
      says(await bring(await byIts('HS256')), 401, /not valid/);
      says(await bring(new UnsecuredJWT(claims).encode()), 401, /not valid/);
      const before = await idp.idToken('1');
      await idp.rotate();
      const asked = idp.heard.length;
      expect((await bring(await idp.idToken('1'))).status).to.equal(201);
      for (let n = 0; n < 3; n++) says(await bring(before), 401, /not valid/);
      expect(idp.heard.slice(asked)).to.deep.equal(['/jwks']);
    });
  });

  describe('of a user who has a second factor', () => {
    it('asks for it, and goes on without another code', async () => {
      const { rest, tenant, signIn, linked } = bench;
      const { user, person } = await linked(tenant);
      const path = `accounts/${tenant.id}/users/${user.id}/multi_factor`;
      const setup = await rest.send('PUT', path, {}, { token: user.token });
      const totp = new TOTP({ secret: Secret.fromBase32(setup.body.data.secret) });
      const codes = [0, 30_000].map((later) => totp.generate({ timestamp: Date.now() + later }));
      await rest.send('POST', path, { code: codes[0] }, { token: user.token });
      const asked = await signIn(person);
      expect(asked.status, asked.text).to.equal(401);
      expect(asked.body.data.multi_factor_request).to.include({ provider_name: 'totp' });
      const token = String(asked.body.data.identity_token);
      const answer = (code?: string) =>
        rest.send('PUT', 'auth/authorize', { token, ...(code && { multi_factor_response: { code } }) });
      expect((await answer()).status).to.equal(401);
      expect((await answer('000000')).status).to.equal(401);
      const done = await answer(codes[1]);
      expect([done.status, done.body.data.owner_id], done.text).to.deep.equal([201, user.id]);
      // A token that opens the account is none that says who somebody is.
      says(await rest.send('PUT', 'auth/authorize', { token: done.body.auth_token }), 401, /not valid/);
    });
  });

  // Locks the address of all tests out, and so it is the last.
  describe('of others', () => {
    it('is slowed down for who guesses', async () => {
      const { systemConfig } = bench.rest.context;
      await systemConfig.set('crossbar', 'auth.lockout.failures', 2);
      const statuses = [];
      for (let n = 0; n < 4; n++) statuses.push((await bench.callback({ code: `guess ${n}` })).status);
      expect(statuses.at(-1)).to.equal(429);
    });
  });
});
