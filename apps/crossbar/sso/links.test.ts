// Links, apps and providers: who may see and change what, that no secret is shown, and what Kazoo wrote.
import { expect } from 'chai';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { authIdOf, type SignInBench, says, signInBench, somebody } from '../testing/sign-in.ts';
import { forgetUnlinked } from './links.ts';

describe('what is kept of identities', () => {
  let bench: SignInBench;
  before(async () => {
    bench = await signInBench();
  });
  after(() => bench.stop());

  const as = (token: string) => (method: string, path: string, data?: object) =>
    bench.rest.send(method, path, data, { token });

  describe('a link', () => {
    it('is made once: for anybody else the identity is not there', async () => {
      const { tenant, other, userOf, link, linked } = bench;
      const { id, user } = await linked(tenant);
      expect((await link(id, user.token)).status).to.equal(201);
      for (const account of [tenant, other]) {
        const { token } = await userOf(account);
        const theirs = await link(id, token);
        expect(theirs.status).to.equal(404);
        const none = await link('none', token);
        expect(theirs.text.replaceAll(id, 'ID').length).to.equal(none.text.replaceAll('none', 'ID').length);
        for (const method of ['GET', 'DELETE'])
          expect((await as(token)(method, `auth/links/${id}`)).status, method).to.equal(404);
      }
    });

    it('is made only while the identity was proved just now, by a user for themselves', async () => {
      const { rest, tenant, signIn, userOf, link, master } = bench;
      const user = await userOf(tenant);
      const id = authIdOf(await signIn(somebody()));
      const { api_key } = (await tenant.send('GET', 'api_key')).body.data;
      const key = (await rest.send('PUT', 'api_auth', { api_key })).body.auth_token;
      says(await link(id, key), 403, /only a user/);
      const raw = JSON.stringify({ data: {}, action: 'impersonate_user' });
      const path = `accounts/${tenant.id}/users/${user.id}/user_auth`;
      const options = { token: rest.master.token, raw };
      const impersonated = (await rest.send('PUT', path, undefined, options)).body.auth_token;
      says(await link(id, impersonated), 403, /only a user/);
      expect((await rest.send('PUT', `auth/links/${id}`, {})).status).to.equal(401);
      await rest.context.systemConfig.set('crossbar', 'auth.oauth.link_within_s', -1);
      expect((await link(id, user.token)).status).to.equal(404);
      await rest.context.systemConfig.set('crossbar', 'auth.oauth.link_within_s', 900);
      expect((await link('idp', rest.master.token)).status).to.equal(404);
      expect((await link(id, user.token)).status).to.equal(201);
      expect((await master('GET', `accounts/${tenant.id}/auth/links/${id}`)).status).to.equal(200);
    });

    it('is taken away by its user, or by an admin; then the identity must be proved again', async () => {
      const { tenant, signIn, link, linked, userOf } = bench;
      for (const path of ['auth/links', 'of the account', 'of the user']) {
        const { id, user, person } = await linked(tenant);
        const unlinked =
          path === 'auth/links'
            ? await as(user.token)('DELETE', `auth/links/${id}`)
            : await tenant.send(
                'DELETE',
                path === 'of the user' ? `users/${user.id}/auth/links/${id}` : `auth/links/${id}`,
              );
        expect([unlinked.status, unlinked.body.data._read_only], path).to.deep.equal([
          200,
          { deleted: true },
        ]);
        expect((await link(id, user.token)).status).to.equal(404);
        expect((await signIn(person)).body.data).to.deep.equal({});
        const another = await userOf(tenant);
        expect((await link(id, another.token)).status).to.equal(201);
      }
    });

    it('is seen by its user and by admins of the account, or above it', async () => {
      const { rest, tenant, other, linked, userOf } = bench;
      const { id, user } = await linked(tenant);
      const paths = ['auth/links', `users/${user.id}/auth/links`];
      const [peer, child] = [await userOf(tenant), await rest.account('child', tenant.id)];
      for (const path of paths) {
        const whole = `accounts/${tenant.id}/${path}`;
        for (const token of [tenant.token, rest.master.token]) {
          const list = await as(token)('GET', whole);
          expect(list.body.data.map((row: { id: string }) => row.id)).to.include(id);
          expect((await as(token)('GET', `${whole}/${id}`)).body.data).to.include({ id });
        }
        for (const token of [other.token, child.token])
          expect((await as(token)('GET', whole)).status, path).to.equal(404);
        expect((await as(peer.token)('GET', whole)).status).to.equal(403);
        expect((await as(peer.token)('GET', `${whole}/${id}`)).status).to.be.oneOf([403, 404]);
        expect((await as(peer.token)('DELETE', `${whole}/${id}`)).status).to.equal(403);
      }
      expect((await as(peer.token)('GET', 'auth/links')).body.data).to.deep.equal([]);
      expect((await as(user.token)('GET', `accounts/${tenant.id}/auth/links/${id}`)).status).to.equal(200);
      expect((await other.send('GET', `auth/links/${id}`)).status).to.equal(404);
      expect((await other.send('GET', 'auth/links')).body.data).to.deep.equal([]);
    });

    it('is not kept for long when nobody made it', async () => {
      const { rest, tenant, signIn, linked } = bench;
      const [fresh, old] = [authIdOf(await signIn(somebody())), authIdOf(await signIn(somebody()))];
      const { id } = await linked(tenant);
      const database = rest.store.database('system_auth');
      for (const one of [old, id])
        await database.update(one, (document) => ({ ...document, pvt_proved_at: 1 }));
      const services = { ...rest.context } as Parameters<typeof forgetUnlinked>[0];
      expect(await forgetUnlinked(services)).to.equal(1);
      expect(await database.find(old)).to.equal(undefined);
      for (const one of [fresh, id]) expect(await database.find(one)).to.include({ _id: one });
    });
  });

  describe('an app', () => {
    it('belongs to a reseller, and is for the people below', async () => {
      const { rest, idp, master, tenant, other, userOf, link } = bench;
      const app = { client_id: 'app of acme', provider: 'idp', secret: 'hush' };
      says(await as(tenant.token)('PUT', 'auth/apps', app), 403, /forbidden/);
      await master('PUT', `accounts/${tenant.id}/reseller`);
      expect((await as(tenant.token)('PUT', 'auth/apps', { ...app, client_id: 'bad id/x' })).status).to.equal(
        400,
      );
      const id = 'acme.apps.test';
      const made = await as(tenant.token)('PUT', 'auth/apps', { ...app, client_id: id });
      expect([made.status, made.body.data.id, made.headers.get('location')]).to.deep.equal([201, id, id]);
      const rival = await rest.reseller('rival');
      const theirs = { ...app, client_id: id, account_id: tenant.id };
      expect((await as(rival.token)('PUT', 'auth/apps', theirs)).status).to.equal(404);
      const named = { ...app, client_id: 'named.apps.test', account_id: tenant.id };
      const { data } = (await as(rest.master.token)('PUT', 'auth/apps', named)).body;
      expect(data).not.to.have.property('account_id');
      expect((await as(tenant.token)('DELETE', 'auth/apps/named.apps.test')).status).to.equal(200);
      const ofCustomer = { ...theirs, account_id: other.id };
      says(await as(rest.master.token)('PUT', 'auth/apps', ofCustomer), 403, /resellers/);
      const child = await rest.account('customer', tenant.id);
      const ids = async (token: string, query = '') =>
        (await as(token)('GET', `auth/apps${query}`)).body.data.map((row: { id: string }) => row.id);
      expect(await ids(child.token)).to.deep.equal([id]);
      expect(await ids(other.token)).to.deep.equal([idp.client.id]);
      expect(await ids(rest.master.token, `?account_id=${tenant.id}`)).to.deep.equal([id]);
      expect((await as(other.token)('GET', `auth/apps?account_id=${tenant.id}`)).status).to.equal(404);
      expect((await as(child.token)('GET', `auth/apps/${id}`)).body.data).to.include({ client_id: id });
      for (const method of ['POST', 'PATCH', 'DELETE'])
        expect((await as(child.token)(method, `auth/apps/${id}`, app)).status, method).to.equal(404);
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE'])
        expect((await as(other.token)(method, `auth/apps/${id}`, app)).status, method).to.equal(404);
      const claimed = await as(rest.master.token)('PUT', 'auth/apps', { ...app, client_id: id });
      expect(claimed.status).to.equal(409);
      // Its people are those below its reseller.
      const bring = async (sub: string) =>
        authIdOf(await rest.send('PUT', 'auth/authorize', { token: await idp.idToken(sub, { aud: id }) }));
      expect((await link(await bring('a'), (await userOf(other)).token)).status).to.equal(404);
      expect((await link(await bring('a'), (await userOf(child)).token)).status).to.equal(201);
    });

    it('never shows its secret, which a change may leave out', async () => {
      const { idp, master, rest, signIn } = bench;
      const path = `auth/apps/${idp.client.id}`;
      const fields = { client_id: idp.client.id, provider: 'idp' };
      says(
        await master('PUT', 'auth/apps', { client_id: 'x', provider: 'idp' }),
        400,
        /"secret":\{"required"/,
      );
      says(
        await master('PUT', 'auth/apps', { client_id: 'x', provider: 'none', secret: 's' }),
        400,
        /"provider":\{"not_found"/,
      );
      says(await master('PATCH', path, { provider: 'google' }), 400, /"provider":\{"invalid"/);
      const answers = [
        await master('POST', path, { ...fields, name: 'Portal' }),
        await master('PATCH', path, { description: 'd' }),
        await master('GET', path),
        await master('GET', 'auth/apps'),
        await master('POST', path, { ...fields, secret: idp.client.secret }),
      ];
      for (const { status, text } of answers) {
        expect(status, text).to.equal(200);
        expect(text).not.to.match(/known to both|secret|prefix/);
      }
      expect((await signIn(somebody())).status).to.equal(201);
      const stored = await rest.store.database('system_auth').get(idp.client.id);
      expect(stored).to.include({ pvt_secret: idp.client.secret }).and.not.to.have.property('secret');
      const audit = await rest.send('GET', `accounts/${rest.master.id}/audit_logs`, undefined, {
        token: rest.master.token,
      });
      expect(audit.text).not.to.include(idp.client.secret);
      expect(JSON.stringify(rest.log.records)).not.to.include(idp.client.secret);
    });

    it('goes with its account, and so do identities', async () => {
      const { rest, master, linked, signIn } = bench;
      const account = await rest.account('leaves');
      await master('PUT', `accounts/${account.id}/reseller`);
      const id = 'leaves.apps.test';
      const app = { client_id: id, provider: 'idp', secret: 's' };
      expect((await as(account.token)('PUT', 'auth/apps', app)).status).to.equal(201);
      const { person } = await linked(account);
      expect((await account.send('DELETE', '', undefined, { token: rest.master.token })).status).to.equal(
        200,
      );
      expect(await rest.store.database('system_auth').find(id)).to.equal(undefined);
      expect((await signIn(person)).body.data).to.deep.equal({});
    });

    it('takes the identities that it knew with it', async () => {
      const { rest, idp, master } = bench;
      const app = { client_id: 'short-lived', provider: 'idp', secret: 's' };
      await master('PUT', 'auth/apps', app);
      const answer = await rest.send('PUT', 'auth/authorize', {
        token: await idp.idToken('9', { aud: 'short-lived' }),
      });
      const id = authIdOf(answer);
      expect((await master('DELETE', 'auth/apps/short-lived')).status).to.equal(200);
      expect(await rest.store.database('system_auth').find(id)).to.equal(undefined);
      says(await rest.send('PUT', 'auth/authorize', { token: answer.body.auth_token }), 401, /known no more/);
      expect((await master('PUT', 'auth/apps', app)).status).to.equal(201);
    });
  });

  describe('a provider', () => {
    it('is seen by everybody with a token, and changed by the master account', async () => {
      const { master, tenant } = bench;
      const read = as(tenant.token);
      const { data } = (await read('GET', 'auth/providers')).body;
      expect(data.map((row: { id: string }) => row.id)).to.include.members([
        'google',
        'office365',
        'salesforce',
        'idp',
      ]);
      expect((await read('GET', 'auth/providers/google')).body.data).to.include({
        id: 'google',
        name: 'Google',
      });
      for (const [method, path] of [
        ['PUT', 'auth/providers'],
        ['POST', 'auth/providers/idp'],
        ['DELETE', 'auth/providers/idp'],
      ] as const)
        expect((await read(method, path, { id: 'mine' })).status, path).to.equal(403);
      says(await master('PUT', 'auth/providers', {}), 400, /"id":\{"required"/);
      says(await master('PUT', 'auth/providers', { id: 'A B' }), 400, /"id":\{"pattern"/);
      const made = await master('PUT', 'auth/providers', { id: 'mine', profile_access_api_key: 'hush' });
      expect([made.status, made.body.data], made.text).to.deep.equal([201, { id: 'mine' }]);
      expect((await master('PATCH', 'auth/providers/mine', { name: 'Mine' })).body.data).to.deep.equal({
        id: 'mine',
        name: 'Mine',
      });
      expect((await master('PUT', 'auth/providers', { id: 'mine' })).status).to.equal(409);
      says(await master('DELETE', 'auth/providers/idp'), 400, /there are apps/);
      expect((await master('DELETE', 'auth/providers/mine')).status).to.equal(200);
      expect((await master('PUT', 'auth/providers', { id: 'mine' })).status).to.equal(201);
    });

    it('is none of second factors, which have a place of their own', async () => {
      const { master, tenant } = bench;
      const factor = { enabled: true, name: 'Codes', provider_name: 'duo', settings: { secret: 'hush' } };
      const { id } = (await master('PUT', 'multi_factor', factor)).body.data;
      for (const send of [as(tenant.token), master])
        expect((await send('GET', `auth/providers/${id}`)).status).to.equal(404);
      expect((await master('POST', `auth/providers/${id}`, {})).status).to.equal(404);
    });
  });

  describe('by Kazoo', () => {
    it('counts: its apps, and its links once they are made', async () => {
      const { rest, idp, tenant, userOf, master } = bench;
      const database = rest.store.database('system_auth');
      const user = await userOf(tenant);
      const app = {
        _id: 'kazoo-app',
        pvt_type: 'app',
        pvt_account_id: rest.master.id,
        pvt_user_prefix: 'abc',
      };
      await database.save({
        ...app,
        pvt_auth_provider: 'idp',
        pvt_secret: 's',
        secret: 'open',
      } as StoredDocument);
      const link = (identity: string, more: object) =>
        database.save({
          _id: `abc-${identity}`,
          pvt_type: 'user',
          pvt_app_id: app._id,
          pvt_app_provider_id: 'idp',
          pvt_user_identity: identity,
          ...more,
        } as StoredDocument);
      await link('k1', { pvt_account_id: tenant.id, pvt_owner_id: user.id });
      await link('k2', {});
      const bring = async (sub: string) =>
        rest.send('PUT', 'auth/authorize', { token: await idp.idToken(sub, { aud: app._id }) });
      const known = await bring('k1');
      expect([known.body.data.owner_id, authIdOf(known)]).to.deep.equal([user.id, 'abc-k1']);
      expect(authIdOf(await bring('k2'))).not.to.equal('abc-k2');
      const shown = await master('GET', `auth/apps/${app._id}`);
      expect(shown.body.data).to.deep.equal({ id: app._id, client_id: app._id, provider: 'idp' });
    });
  });
});
