// What Monster UI sends when it boots, logs in and shows its apps (contract/monster.md), and what it reads from the answers.
import { expect } from 'chai';
import { newMonthId } from '../../apps/crossbar/engine/index.ts';
import { md5, type Rest, startRest, type Tenant } from '../../apps/crossbar/testing/rest.ts';
import { gregorian, monthDatabase, type StoredDocument } from '../../core/couch/index.ts';
import { app } from '../../core/documents/index.ts';
import { absent } from './absent.ts';

/** What its client adds to everything that it writes. */
const ui_metadata = { version: '4.3.0', ui: 'monster-ui', origin: 'auth' };
const page = { origin: 'http://ui.test' };
const cluster = 'a1b2';

describe('what Monster UI asks', () => {
  let rest: Rest;
  let acme: Tenant;
  let session: { readonly token: string; readonly userId: string };
  let appId: string;

  before(async () => {
    rest = await startRest();
    acme = await rest.account('acme');
    const i18n = { 'en-US': { label: 'Accounts', description: 'Every account' } };
    const document: object = {
      name: 'accounts',
      i18n,
      api_url: 'http://api.test/v2/',
      pvt_type: app.type,
    };
    const saved = await rest.store.database(rest.master.id).save(document as StoredDocument);
    appId = saved._id;
  });
  after(() => rest.stop());

  const ask = (method: string, path: string, data?: object) =>
    rest.send(method, path.replace(/^A(?=$|\/)/, `accounts/${acme.id}`), data && { ...data, ui_metadata }, {
      token: session?.token,
      headers: { ...page, 'x-kazoo-cluster-id': cluster },
    });
  const get = async (path: string) => {
    const answer = await ask('GET', path);
    expect(answer.status, `${path}: ${answer.text}`).to.equal(200);
    return answer.body;
  };

  describe('before there is a token', () => {
    it('may be asked from a page of another origin', async () => {
      const headers = 'x-auth-token,x-kazoo-cluster-id,content-type';
      const preflight = await rest.send('OPTIONS', 'user_auth', undefined, {
        headers: {
          ...page,
          'access-control-request-method': 'PUT',
          'access-control-request-headers': headers,
        },
      });
      expect(preflight.status).to.be.below(300);
      expect(preflight.headers.get('access-control-allow-origin')).to.equal('*');
      expect(preflight.headers.get('access-control-allow-methods')).to.include('PUT');
      for (const name of headers.split(','))
        expect(preflight.headers.get('access-control-allow-headers')).to.include(name);
    });

    it('has a branding for the name of the host, or none', async () => {
      for (const path of ['whitelabel/ui.test', 'whitelabel/ui.test/logo', 'whitelabel/ui.test/icon'])
        expect((await rest.send('GET', path, undefined, { headers: page })).status).to.equal(404);
      await acme.send('PUT', 'whitelabel', { domain: 'ui.test', company_name: 'Acme', ui_metadata });
      const { data } = (await rest.send('GET', 'whitelabel/ui.test', undefined, { headers: page })).body;
      expect(data).to.deep.include({ company_name: 'Acme', ui_metadata });
    });

    it('refuses a wrong password with what the form shows', async () => {
      const credentials = md5('admin:wrong');
      const { status, body } = await ask('PUT', 'user_auth', { credentials, account_name: 'acme' });
      expect([status, body.status, body.message]).to.deep.equal([401, 'error', 'invalid_credentials']);
    });
  });

  it('is let in, with a token that it can read', async () => {
    const credentials = md5('admin:secret-of-admin');
    const { status, body, text } = await ask('PUT', 'user_auth', { credentials, account_name: 'acme' });
    expect(status, text).to.equal(201);
    const [, payload = ''] = String(body.auth_token).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    expect(claims).to.include({ account_id: acme.id, owner_id: acme.userId });
    expect(body.data).to.include({ account_id: acme.id, owner_id: acme.userId, is_reseller: false });
    expect(body.data.reseller_id).to.equal(rest.master.id);
    expect(body.data.apps.map(({ name }: { name: string }) => name)).to.deep.equal(['accounts']);
    session = { token: body.auth_token, userId: body.data.owner_id };
    const info = await ask('POST', 'auth/tokeninfo', { token: session.token });
    expect(info.body.data).to.include({ account_id: acme.id, owner_id: acme.userId });
  });

  it('has account, user and apps after that, or it would log out again', async () => {
    const account = await get('A');
    expect(account.version).to.be.a('string');
    expect(account.data).to.include({ id: acme.id, name: 'acme', realm: 'acme.test' });
    expect((await get(`A/users/${session.userId}`)).data).to.include({ priv_level: 'admin' });
    const [row] = (await get('A/apps_store')).data;
    expect(row).to.include({ id: appId, name: 'accounts', api_url: 'http://api.test/v2/' });
    expect(row.i18n['en-US'].label).to.equal('Accounts');
  });

  it('keeps what an app is for, and the apps of a user', async () => {
    const users = [{ id: session.userId }];
    const made = await ask('PUT', `A/apps_store/${appId}`, { allowed_users: 'specific', users });
    expect(made.status, made.text).to.equal(201);
    expect((await ask('POST', `A/apps_store/${appId}`, { allowed_users: 'all', users: [] })).status).to.equal(
      200,
    );
    const [row] = (await get('A/apps_store')).data;
    expect(row).to.deep.include({ allowed_users: 'all', users: [] });
    const user = await ask('PATCH', `A/users/${session.userId}`, { appList: [appId] });
    expect(user.body.data.appList, user.text).to.deep.equal([appId]);
  });

  it('gets back what it changes in whole documents, read-only keys and all', async () => {
    for (const path of ['A', `A/users/${session.userId}`]) {
      const { data } = await get(path);
      const answer = await ask('POST', path, {
        ...data,
        timezone: 'Europe/Berlin',
        ui_flags: { numbers_format: 'x' },
      });
      expect(answer.status, answer.text).to.equal(200);
      expect(answer.body.data).to.deep.include({
        timezone: 'Europe/Berlin',
        ui_flags: { numbers_format: 'x' },
        ui_metadata,
      });
    }
    expect((await ask('GET', `A/users/${session.userId}`)).status).to.equal(200);
    const lists = { order: 'allow,deny', cidrs: ['10.0.0.0/8'] };
    expect((await ask('POST', 'A/access_lists', lists)).status).to.equal(200);
    expect((await get('A/access_lists')).data).to.deep.include(lists);
  });

  it('makes accounts, people, phones and callflows, and finds them', async () => {
    const child = (await ask('PUT', 'A', { name: 'Corner Shop', realm: 'corner.test' })).body.data;
    const below = `accounts/${child.id}`;
    const person = { first_name: 'Eve', last_name: 'Shop', username: 'eve', password: 'Wonder-land-1' };
    const user = (await ask('PUT', `${below}/users`, person)).body.data;
    const sip = { username: 'shop1', password: 'secret-of-shop' };
    const device = { name: 'Counter', owner_id: user.id, device_type: 'softphone', sip };
    const made = (await ask('PUT', `${below}/devices`, device)).body.data;
    expect((await ask('POST', `${below}/devices/${made.id}`, { ...made, name: 'Desk' })).status).to.equal(
      200,
    );
    const flow = { module: 'user', data: { id: user.id, timeout: 20 }, children: {} };
    const callflow = (await ask('PUT', `${below}/callflows`, { name: 'Shop', numbers: ['1001'], flow })).body
      .data;
    const read = (await get(`${below}/callflows/${callflow.id}`)).data;
    expect(read.metadata[user.id]).to.include({ first_name: 'Eve' });
    const changed = await ask('POST', `${below}/callflows/${callflow.id}`, {
      ...read,
      numbers: ['1001', '1002'],
    });
    expect(changed.body.data.numbers, changed.text).to.deep.equal(['1001', '1002']);
    const clash = await ask('PUT', `${below}/callflows`, { name: 'Other', numbers: ['1002'], flow });
    const { message } = clash.body.data['numbers'].unique;
    expect([clash.status, typeof message]).to.deep.equal([400, 'string']);
    const rows = (await get('A/children?ascending=true')).data;
    expect(rows).to.deep.include({ ...rows[0], id: child.id, name: 'Corner Shop', realm: 'corner.test' });
    const found = (await get('search/multi?t=account&by_name=corner&by_realm=corner&by_id=corner')).data;
    expect(found.name[0]).to.include({ id: child.id });
    expect((await get(`${below}/users/${user.id}/devices`)).data[0]).to.include({
      id: made.id,
      name: 'Desk',
    });
  });

  it('shows the calls that were made', async () => {
    const now = new Date();
    const name = monthDatabase(acme.id, now);
    const database = await rest.store.ensure(name, 'modb');
    await database.save({
      _id: newMonthId(now),
      pvt_type: 'cdr',
      call_id: 'call-1',
      call_direction: 'inbound',
      caller_id_number: '1001',
      callee_id_number: '1002',
      duration_seconds: '12',
      billing_seconds: '10',
      hangup_cause: 'NORMAL_CLEARING',
      interaction_id: `${gregorian(now)}-abcd`,
      interaction_time: gregorian(now),
      interaction_key: 'abcd',
      timestamp: gregorian(now),
    } as StoredDocument);
    const { data, page_size } = await get('A/cdrs');
    expect([data.length, page_size]).to.deep.equal([1, 1]);
    expect(data[0]).to.include({
      call_id: 'call-1',
      caller_id_number: '1001',
      hangup_cause: 'NORMAL_CLEARING',
    });
    expect((await get(`A/cdrs/${data[0].id}`)).data).to.include({ call_id: 'call-1' });
    expect((await get('A/cdrs/interaction')).data).to.have.length(1);
  });

  /** Lists and single documents that the shipped apps and their dialogs read. */
  const reads = [
    ...[
      'alerts',
      'access_lists',
      'blacklists',
      'callflows?filter_numbers=no_match',
      'callflows',
      'children?ascending=true',
    ],
    ...[
      'conferences',
      'descendants',
      'devices?paginate=false',
      'external_numbers',
      'groups',
      'ledgers',
      'ledgers/available',
    ],
    ...[
      'ledgers/total',
      'limits',
      'media',
      'menus',
      'multi_factor',
      'phone_numbers',
      'phone_numbers/carriers_info',
    ],
    ...[
      'phone_numbers?filter_state=["in_service","port_in"]',
      'phone_numbers/classifiers',
      'port_requests',
      'security',
    ],
    ...[
      'services/summary',
      'service_plans/current',
      'telexsmsboxes',
      'transactions',
      'tree',
      'users?paginate=false',
    ],
    ...[
      'vmboxes',
      'braintree/customer',
      'trunkingio_settings/check',
      'recordings',
      'tasks',
      'webhooks',
      'faxboxes',
    ],
    ...[
      'faxes/inbox',
      'faxes/outbox',
      'faxes/smtplog',
      'pivot/debug',
      'directories',
      'temporal_rules',
      'lists',
      'queues',
    ],
  ];
  for (const path of reads)
    it(`reads ${path}`, async () => {
      const { status, body, text } = await ask('GET', `A/${path}`);
      // The paths of braintree are there, and say that no gateway is.
      const without = path.startsWith('braintree') ? 501 : 404;
      if (absent(`accounts/${acme.id}/${path}`))
        return expect([status, body.status], text).to.deep.equal([without, 'error']);
      expect([status, body.status], text).to.deep.equal([200, 'success']);
      expect(body).to.include.keys('data', 'request_id', 'auth_token', 'timestamp');
    });

  it('steps into the shoes of a user, when it is the master', async () => {
    const path = `accounts/${acme.id}/users/${acme.userId}/user_auth`;
    const raw = JSON.stringify({ data: { ui_metadata }, action: 'impersonate_user' });
    const { status, body } = await rest.send('PUT', path, undefined, { token: rest.master.token, raw });
    expect([status, body.data.account_id]).to.deep.equal([201, acme.id]);
  });

  it('is told that its token is no good, so that it logs in again', async () => {
    const { status, body } = await rest.send('GET', `accounts/${acme.id}`, undefined, {
      token: `${session.token.slice(0, -4)}AAAA`,
      headers: page,
    });
    expect([status, body.error, body.message]).to.deep.equal([401, '401', 'invalid_credentials']);
  });
});
