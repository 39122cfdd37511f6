// The store of apps: registered from the files of a Monster UI, had by accounts, used by people.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Rest, startRest, type Tenant } from '../testing/rest.ts';
import { registerApps } from '../ui/register.ts';

const png = Buffer.from('89504e470d0a1a0a', 'hex');
const metadata = (name: string, more: object = {}) => ({
  name,
  i18n: { 'en-US': { label: `The ${name}`, description: 'What it does', features: ['one'] } },
  author: 'Acme',
  license: '-',
  price: 0,
  version: '1.0',
  tags: ['basic'],
  icon: `${name}.png`,
  screenshots: ['first.png'],
  urls: {},
  api_url: 'http://elsewhere.test/v2/',
  source_url: 'http://evil.test/',
  ...more,
});

describe('apps_store', () => {
  let rest: Rest;
  let acme: Tenant;
  let other: Tenant;
  let folder: string;
  let user: { readonly id: string; readonly token: string };
  const ids: Record<string, string> = {};

  function write(name: string, app: unknown): void {
    const at = join(folder, 'apps', name, 'metadata');
    for (const images of ['icon', 'screenshots']) mkdirSync(join(at, images), { recursive: true });
    writeFileSync(join(at, 'app.json'), typeof app === 'string' ? app : JSON.stringify(app));
    writeFileSync(join(at, 'icon', `${name}.png`), png);
    writeFileSync(join(at, 'screenshots', 'first.png'), Buffer.concat([png, png]));
  }
  const names = async (tenant: Tenant): Promise<string[]> =>
    (await tenant.send('GET', 'apps_store')).body.data.map(({ name }: { name: string }) => name);
  const url = 'http://api.test/v2/';

  before(async () => {
    rest = await startRest();
    acme = await rest.account('acme');
    other = await rest.account('other');
    folder = mkdtempSync(join(tmpdir(), 'mirliton-apps-'));
    for (const name of ['accounts', 'callflows', 'numbers']) write(name, metadata(name));
    write('hidden', metadata('hidden', { published: false }));
    const person = { first_name: 'U', last_name: 'V', username: 'user', password: 'secret-of-user' };
    const { body } = await acme.send('PUT', 'users', person);
    user = { id: body.data.id, token: (await rest.login('user', 'secret-of-user', 'acme')).body.auth_token };
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await rest.stop();
  });

  describe('registration', () => {
    it('makes a document of every app.json, and says what is wrong with one', async () => {
      write('broken', '{');
      write('poor', { name: 'x', i18n: { 'en-US': { label: 'Poor' } } });
      const registered = await registerApps(rest.store, folder, { url });
      expect(registered.map(({ name, outcome }) => `${name} ${outcome}`)).to.deep.equal([
        'accounts created',
        'broken failed',
        'callflows created',
        'hidden created',
        'numbers created',
        'poor failed',
      ]);
      const [said = ''] = registered.find(({ name }) => name === 'poor')?.problems ?? [];
      expect(said).to.include('name ').and.include('i18n.en-US.description');
      for (const name of ['broken', 'poor']) rmSync(join(folder, 'apps', name), { recursive: true });
    });

    it('leaves alone what is there, but for the URL; or takes over everything', async () => {
      write('numbers', metadata('numbers', { version: '2.0', screenshots: ['none.png'] }));
      const outcomes = async (options: object) =>
        (await registerApps(rest.store, folder, options)).find(({ name }) => name === 'numbers');
      expect(await outcomes({ url })).to.deep.include({ outcome: 'kept' });
      expect((await outcomes({ url }))?.problems[0]).to.include('none.png');
      expect(await outcomes({ url: 'http://new.test/v2/' })).to.deep.include({ outcome: 'updated' });
      const app = async () => {
        const { data } = (await acme.send('GET', 'apps_store')).body;
        return data.find(({ name }: { name: string }) => name === 'numbers');
      };
      expect(await app()).to.include({ api_url: 'http://new.test/v2/' });
      const read = async () => (await acme.send('GET', `apps_store/${(await app()).id}`)).body.data;
      expect(await read()).to.include({ version: '1.0' });
      await outcomes({ refresh: true });
      expect(await read()).to.include({ version: '2.0', api_url: 'http://new.test/v2/' });
      expect(await read()).not.to.have.property('source_url');
    });

    it('says when there is nothing to register, or nobody who could have it', async () => {
      const failure = async (store: Rest['store'], path: string): Promise<string> =>
        registerApps(store, path).then(
          () => '',
          (error: Error) => error.message,
        );
      expect(await failure(rest.store, join(folder, 'none'))).to.include('cannot read');
      expect(await failure(rest.store, join(folder, 'apps', 'numbers', 'metadata', 'icon'))).to.include(
        'no metadata/app.json',
      );
    });
  });

  describe('of accounts', () => {
    it('shows an account the apps that it may have, as Monster UI reads them', async () => {
      const { body } = await acme.send('GET', 'apps_store');
      expect(body.data.map(({ name }: { name: string }) => name)).to.deep.equal([
        'accounts',
        'callflows',
        'numbers',
      ]);
      for (const { id, name } of body.data) ids[name] = id;
      expect(body.data[0]).to.deep.equal({
        id: ids['accounts'],
        account_id: rest.master.id,
        name: 'accounts',
        i18n: metadata('accounts').i18n,
        tags: ['basic'],
        api_url: 'http://new.test/v2/',
        masqueradable: true,
        icon: 'accounts.png',
      });
      const { token } = rest.master;
      const all = await rest.send('GET', `accounts/${rest.master.id}/apps_store`, undefined, { token });
      expect(all.body.data.map(({ name }: { name: string }) => name)).to.include('hidden');
      const hidden = all.body.data.find(({ name }: { name: string }) => name === 'hidden').id;
      for (const verb of ['GET', 'PUT', 'POST', 'DELETE'])
        expect(
          (await acme.send(verb, `apps_store/${hidden}`, verb === 'GET' ? undefined : {})).status,
        ).to.equal(404);
    });

    it('is installed, changed and taken away', async () => {
      const path = `apps_store/${ids['accounts']}`;
      const chosen = { allowed_users: 'specific', users: [{ id: user.id }] };
      const unknown = await acme.send('POST', path, chosen);
      expect(unknown.body.data).to.have.nested.property('id.not_found');
      const made = await acme.send('PUT', path, chosen);
      expect([made.status, made.body.data], made.text).to.deep.equal([201, { ...chosen, name: 'accounts' }]);
      expect((await acme.send('PUT', path, chosen)).body.data).to.have.nested.property('id.unique');
      const row = (await acme.send('GET', 'apps_store')).body.data[0];
      expect(row).to.deep.include(chosen);
      const changed = await acme.send('POST', path, { allowed_users: 'all' });
      expect(changed.body.data).to.deep.equal({ allowed_users: 'all', name: 'accounts' });
      expect((await acme.send('GET', path)).body.data).to.include({
        allowed_users: 'all',
        account_id: rest.master.id,
      });
      expect((await other.send('GET', 'apps_store')).body.data[0]).not.to.have.property('allowed_users');
      expect((await acme.send('DELETE', path)).status).to.equal(200);
      expect((await acme.send('DELETE', path)).body.data).to.have.nested.property('id.not_found');
      for (const [data, code] of [
        [{ allowed_users: 'nobody' }, 'allowed_users.enum'],
        [{ users: 'all' }, 'users.type'],
      ] as const)
        expect((await acme.send('PUT', path, data)).body.data).to.have.nested.property(code);
      expect((await acme.send('PUT', path, {}, { token: user.token })).status).to.equal(403);
    });

    it('names at a login the apps of that person', async () => {
      const login = async (): Promise<string[]> =>
        (await rest.login('user', 'secret-of-user', 'acme')).body.data.apps.map(
          ({ name }: { name: string }) => name,
        );
      expect(await login()).to.deep.equal(['accounts', 'callflows', 'numbers']);
      await acme.send('PUT', `apps_store/${ids['accounts']}`, { allowed_users: 'admins' });
      await acme.send('PUT', `apps_store/${ids['callflows']}`, {
        allowed_users: 'specific',
        users: [user.id],
      });
      await acme.send('PUT', `apps_store/${ids['numbers']}`, {
        allowed_users: 'specific',
        users: [acme.userId],
      });
      expect(await login()).to.deep.equal(['callflows']);
      const { apps } = (await rest.login('admin', 'secret-of-admin', 'acme')).body.data;
      expect(apps[0]).to.deep.equal({
        id: ids['accounts'],
        name: 'accounts',
        api_url: 'http://new.test/v2/',
        label: 'The accounts',
      });
      expect(apps.map(({ name }: { name: string }) => name)).to.deep.equal(['accounts', 'numbers']);
    });

    it('is kept from an account by those above it', async () => {
      const path = `accounts/${acme.id}/apps_store/blacklist`;
      const { token } = rest.master;
      const blacklist = [ids['numbers']];
      expect((await acme.send('GET', 'apps_store/blacklist')).status).to.equal(403);
      expect((await rest.send('GET', path, undefined, { token })).body.data).to.deep.equal({ blacklist: [] });
      expect(
        (await rest.send('POST', path, { blacklist: 'x' }, { token })).body.data,
      ).to.have.nested.property('blacklist.type');
      expect((await rest.send('POST', path, { blacklist }, { token })).body.data).to.deep.equal({
        blacklist,
      });
      expect(await names(acme)).to.deep.equal(['accounts', 'callflows']);
      expect(await names(other)).to.include('numbers');
      // What it had installed is still known when it may have it again.
      await rest.send('POST', path, { blacklist: [] }, { token });
      expect(await names(acme)).to.include('numbers');
    });

    it('shows its images to everybody', async () => {
      for (const [path, size] of [
        [`apps_store/${ids['accounts']}/icon`, 8],
        [`apps_store/${ids['accounts']}/screenshot/0`, 16],
        [`accounts/${acme.id}/apps_store/${ids['accounts']}/icon?auth_token=${acme.token}`, 8],
      ] as const) {
        const answer = await rest.send('GET', path);
        expect(
          [answer.status, answer.headers.get('content-type'), answer.headers.get('content-length')],
          path,
        ).to.deep.equal([200, 'image/png', String(size)]);
      }
      for (const path of ['screenshot/1', 'screenshot/x', 'screenshot/-1'])
        expect((await rest.send('GET', `apps_store/${ids['accounts']}/${path}`)).status).to.equal(404);
      expect((await rest.send('GET', `apps_store/${acme.userId}/icon`)).status).to.equal(404);
    });

    it('links other programs: who asks, and for whom', async () => {
      const own = await rest.send('GET', 'apps_link/authorize', undefined, { token: user.token });
      expect(own.body.data.auth_token).to.include({
        account_id: acme.id,
        owner_id: user.id,
        account_name: 'acme',
        method: 'cb_user_auth',
        is_master: false,
      });
      expect(own.body.data.auth_token.apps).to.have.length(1);
      expect(own.body.data.account).to.include({ account_id: acme.id, reseller_id: rest.master.id });
      const { token } = rest.master;
      const above = await rest.send('GET', `accounts/${acme.id}/apps_link/authorize`, undefined, { token });
      expect(above.body.data.auth_token).to.include({ account_id: rest.master.id, is_master: true });
      expect(above.body.data.account).to.include({ account_id: acme.id }).and.not.have.property('owner_id');
      expect((await other.send('GET', `../${acme.id}/apps_link/authorize`)).status).to.equal(404);
      expect((await rest.send('GET', 'apps_link/authorize')).status).to.equal(401);
    });
  });
});

describe('access_lists', () => {
  let rest: Rest;
  let acme: Tenant;
  before(async () => {
    rest = await startRest();
    acme = await rest.account('acme');
  });
  after(() => rest.stop());
  const lists = { order: 'allow,deny', cidrs: ['10.0.0.0/8', '2001:db8::/32'], user_agent: 'friendly' };

  it('are kept with the account, a user or a device', async () => {
    const sip = { username: 'phone1', password: 'secret' };
    const device = (await acme.send('PUT', 'devices', { name: 'desk', sip })).body.data.id;
    for (const path of [
      'access_lists',
      `users/${acme.userId}/access_lists`,
      `devices/${device}/access_lists`,
    ]) {
      expect((await acme.send('GET', path)).body.data, path).to.deep.equal({});
      const set = await acme.send('POST', path, lists);
      expect([set.status, set.body.data], set.text).to.deep.equal([200, lists]);
      expect((await acme.send('GET', path)).body.data, path).to.deep.equal(lists);
    }
    const rows = await rest.store.database(acme.id).view('access_lists', 'crossbar_listing', { fresh: true });
    expect(rows.map(({ value }) => value)).to.deep.equal([
      { type: 'account', acls: lists },
      { type: 'device', acls: lists },
    ]);
    const stale = await acme.send('POST', 'access_lists', lists, { headers: { 'if-match': '"0-none"' } });
    expect(stale.status).to.equal(412);
    expect((await acme.send('DELETE', 'access_lists')).body.data).to.deep.equal({});
    expect((await acme.send('GET', 'access_lists')).body.data).to.deep.equal({});
    expect((await acme.send('GET', `devices/${'e'.repeat(32)}/access_lists`)).status).to.equal(404);
  });

  it('names what is wrong with them', async () => {
    for (const [data, code] of [
      [{ cidrs: [] }, 'order.required'],
      [{ order: 'allow,deny' }, 'cidrs.required'],
      [{ ...lists, order: 'deny' }, 'order.enum'],
      [{ ...lists, cidrs: ['home'] }, 'cidrs\\.0.pattern'],
      [{ ...lists, cidrs: 'all' }, 'cidrs.type'],
      [{ ...lists, user_agent: {} }, 'user_agent.type'],
    ] as const) {
      const { status, body } = await acme.send('POST', 'access_lists', data);
      expect([status, body.data], code).to.have.nested.property(`1.${code}`);
    }
  });
});
