// What Kazoo's public SDKs for PHP and Python send: paths with a slash at the end, empty tokens, bodies that are no objects.
import { expect } from 'chai';
import { md5, type Rest, startRest, type Tenant } from './testing/rest.ts';

describe('what the public SDKs send', () => {
  let rest: Rest;
  let acme: Tenant;
  let below: Tenant;
  const number = '+14155550142';

  before(async () => {
    rest = await startRest();
    acme = await rest.reseller('acme');
    below = await rest.account('below', acme.id);
    const made = await rest.send(
      'PUT',
      `accounts/${acme.id}/phone_numbers/${number}`,
      {},
      {
        token: rest.master.token,
      },
    );
    expect(made.status, made.text).to.equal(201);
  });
  after(() => rest.stop());

  const logins: readonly (readonly [path: string, credentials: () => Promise<object>])[] = [
    ['user_auth', async () => ({ credentials: md5('admin:secret-of-admin'), realm: acme.realm })],
    ['user_auth', async () => ({ credentials: md5('admin:secret-of-admin'), account_name: acme.name })],
    ['api_auth', async () => ({ api_key: (await acme.send('GET', 'api_key')).body.data.api_key })],
  ];
  for (const [path, credentials] of logins)
    it(`logs in at ${path} with a token that is empty`, async () => {
      const { status, body, text } = await rest.send('PUT', path, await credentials(), {
        headers: { 'x-auth-token': '' },
      });
      expect(status, text).to.equal(201);
      expect(body.auth_token).to.be.a('string');
      expect(body.data).to.include({ account_id: acme.id });
    });

  /** Resources, by what is sent to make one; the id is empty then. */
  const made: readonly (readonly [path: string, data: object])[] = [
    ['blacklists', { name: 'First', numbers: {} }],
    ['callflows', { numbers: ['1001'], flow: { module: 'response', data: { code: 486 }, children: {} } }],
    ['clicktocall', { name: 'First', extension: '1001' }],
    ['conferences', { name: 'First' }],
    ['connectivity', { servers: [], account: {} }],
    ['devices', { name: 'First', sip: { username: 'first', password: 'secret-of-first' } }],
    ['directories', { name: 'First' }],
    ['faxboxes', { name: 'First' }],
    ['groups', { name: 'First', endpoints: {} }],
    ['lists', { name: 'First' }],
    ['media', { name: 'First', streamable: true }],
    ['menus', { name: 'First' }],
    ['port_requests', { name: 'First', numbers: { '+14155550123': {} } }],
    ['queues', { name: 'First' }],
    ['temporal_rules', { name: 'First', cycle: 'daily', time_window_start: 0, time_window_stop: 86_400 }],
    ['temporal_rules_sets', { name: 'First', temporal_rules: ['any'] }],
    ['users', { first_name: 'Ann', last_name: 'First' }],
    ['vmboxes', { name: 'First', mailbox: '1001' }],
    ['webhooks', { name: 'First', hook: 'channel_create', uri: 'http://hooks.test/', http_verb: 'get' }],
  ];
  for (const [path, data] of made)
    it(`makes, reads, changes, finds and deletes one of ${path}`, async () => {
      const answer = await acme.send('PUT', `${path}/`, data);
      expect(answer.status, answer.text).to.equal(201);
      const { id } = answer.body.data;
      const read = await acme.send('GET', `${path}/${id}`);
      expect((await acme.send('POST', `${path}/${id}`, read.body.data)).status).to.equal(200);
      const ids = ({ body }: { body: { data: unknown[] } }) =>
        body.data.map((row) => (typeof row === 'string' ? row : (row as { id: string }).id));
      const [all, found] = [await acme.send('GET', path), await acme.send('GET', `${path}?filter_id=${id}`)];
      expect(path === 'port_requests' || ids(all).includes(id), all.text).to.equal(true);
      expect(found.status, found.text).to.equal(200);
      const gone = await acme.send('DELETE', `${path}/${id}`, undefined, {
        headers: { 'content-type': 'application/json' },
      });
      expect(gone.status, gone.text).to.equal(200);
      expect((await acme.send('GET', `${path}/${id}`)).status).to.equal(404);
    });

  /** What is only read, as far as Kazoo itself has it still. */
  const reads = [
    ...['', 'api_key', 'apps_store', 'cdrs', 'channels', 'children', 'descendants', 'siblings'],
    ...['faxes/outgoing', 'ips/assigned', 'ips/zones', 'ips/hosts', 'ledgers', 'limits'],
    ...['ledgers/per-minute-voip', 'ledgers/per-minute-voip?accept=csv', 'phone_numbers'],
    ...['phone_numbers/classifiers', 'recordings', 'resource_templates', 'resources'],
    ...['transactions', 'webhooks', 'apps_link/authorize'],
  ];
  for (const path of reads)
    it(`reads ${path || 'the account'}`, async () => {
      const { status, text } = await acme.send('GET', path, undefined, {
        headers: { accept: 'application/json' },
      });
      expect(status, text).to.equal(200);
    });

  it('acts on a number with an empty body', async () => {
    for (const act of ['reserve', 'activate']) {
      const answer = await acme.send('PUT', `phone_numbers/${number}/${act}`, undefined, {
        raw: '',
        headers: { 'content-type': 'application/json' },
      });
      expect(answer.status, `${act}: ${answer.text}`).to.be.oneOf([200, 201]);
    }
    expect((await acme.send('GET', `phone_numbers/${number}/identify`)).body.data).to.include({
      account_id: acme.id,
    });
    expect((await rest.send('GET', 'phone_numbers?prefix=415&quantity=2', undefined, acme)).status).to.equal(
      200,
    );
  });

  it('makes accounts below one, and takes them away', async () => {
    const child = await acme.send('PUT', '', { name: 'child' });
    expect(child.status, child.text).to.equal(201);
    const { id } = child.body.data;
    const path = `accounts/${id}`;
    expect((await rest.send('POST', path, { ...child.body.data, name: 'kid' }, acme)).status).to.equal(200);
    expect((await rest.send('DELETE', path, undefined, acme)).status).to.equal(200);
    expect((await below.send('GET', '')).status).to.equal(200);
  });

  it('puts a file into media, as base64', async () => {
    const { id } = (await acme.send('PUT', 'media', { name: 'Hello' })).body.data;
    const sound = Buffer.from('sound').toString('base64');
    const put = await acme.send('POST', `media/${id}/raw`, undefined, {
      raw: `data:audio/mp3;base64,${sound}`,
      headers: { 'content-type': 'application/x-base64' },
    });
    expect(put.status, put.text).to.equal(200);
    const read = await acme.send('GET', `media/${id}/raw`, undefined, { headers: { accept: 'audio/*' } });
    expect([read.status, read.text]).to.deep.equal([200, 'sound']);
  });
});
