// registrar: whom it lets in and why not, what tokens stand for, and what it knows of registrations.
import { expect } from 'chai';
import type { Bus } from '../../core/amqp/index.ts';
import type { AppContext, RunningApp } from '../../core/app/index.ts';
import { accountDatabase, type Store } from '../../core/couch/index.ts';
import { authnEndpointReq, authnReq, tokenReq } from '../../core/messages/authn.ts';
import { regFlush, regQuery, regSuccess, regSync } from '../../core/messages/registration.ts';
import { type FakeBus, fakeBus, memoryStore } from '../../core/testing/index.ts';
import { startRegistrar } from './app.ts';

const accountId = 'a'.repeat(32);
const realm = 'one.example.org';

describe('registrar', () => {
  let bus: FakeBus;
  let peer: Bus;
  let store: Store;
  let app: RunningApp;
  beforeEach(async () => {
    bus = fakeBus({ node: 'registrar@test' });
    peer = bus.peer('edge@test');
    store = await filled();
    const { log, metrics } = bus;
    app = await startRegistrar({ bus, store, log, metrics } as unknown as AppContext, 0);
  });
  afterEach(async () => {
    await app.stop();
    await bus.close();
  });

  const database = () => store.database(accountDatabase(accountId));
  const edit = (id: string, change: object) =>
    database().update(id, (document) => ({ ...document, ...change }));
  // biome-ignore lint/suspicious/noExplicitAny: answers of several contracts
  const ask = (user: string, domain = realm, more: object = {}): Promise<any> =>
    peer.request(authnReq, { 'Auth-User': user, 'Auth-Realm': domain, From: 'a@b', To: 'a@b', ...more });
  const expectRefusal = async (user: string, domain?: string, more?: object): Promise<void> => {
    expect((await ask(user, domain, more))['Event-Name']).to.equal('authn_err');
  };

  it('answers with the password and the channel variables of a device, on both keys and in any case', async () => {
    const expected = {
      Username: 'Phone1',
      Realm: 'ONE.example.org',
      'Account-ID': accountId,
      'Account-Realm': realm,
      'Account-Name': 'One',
      'Authorizing-ID': 'device1',
      'Authorizing-Type': 'device',
      'Owner-ID': 'owner1',
      'Presence-ID': `1001@${realm}`,
      'RTP-Secure-Media': 'true',
    };
    const answer = await ask('pHONE1', 'ONE.example.org');
    expect(answer).to.include({ 'Auth-Method': 'password', 'Auth-Password': 'secret1' });
    expect(answer['Custom-Channel-Vars']).to.deep.equal(expected);
    const request = { 'Auth-User': 'phone1', 'Auth-Realm': 'ONE.example.org', From: 'a@b', To: 'a@b' };
    const other = await peer.request(authnEndpointReq, request);
    expect(other).to.deep.include({ 'Auth-Password': 'secret1', 'Custom-Channel-Vars': expected });
  });

  it('refuses who is unknown', async () => {
    await expectRefusal('nobody');
    await expectRefusal('phone1', 'unknown.example.org');
  });

  it('refuses a disabled device, owner or account', async () => {
    for (const id of ['device1', 'owner1', accountId]) {
      await edit(id, { enabled: false });
      await expectRefusal('phone1');
      await edit(id, { enabled: true });
      expect((await ask('phone1'))['Event-Name']).to.equal('authn_resp');
    }
  });

  it('lets a PBX in by its server, and not when that is disabled', async () => {
    const answer = await ask('trunk1');
    expect(answer['Auth-Password']).to.equal('trunksecret');
    expect(answer['Custom-Channel-Vars']).to.include({
      'Authorizing-ID': 'pbx1',
      'Authorizing-Type': 'sys_info',
    });
    await expectRefusal('trunk2');
  });

  it('lets method ip in from its own address only', async () => {
    const answer = await ask('byaddress', realm, { 'Orig-IP': '192.0.2.1' });
    expect(answer).to.include({ 'Auth-Method': 'ip', 'Trusted-Auth': 'true' });
    await expectRefusal('byaddress', realm, { 'Orig-IP': '192.0.2.2' });
    await expectRefusal('byaddress');
  });

  it('finds a device that has a realm of its own', async () => {
    const answer = await ask('foreign1', 'pbx.elsewhere.net');
    expect(answer['Auth-Password']).to.equal('foreignsecret');
    expect(answer['Custom-Channel-Vars']).to.include({
      'Account-ID': accountId,
      'Authorizing-ID': 'foreign1',
    });
  });

  it('says what a token stands for', async () => {
    const token = (it: string) =>
      peer.request(tokenReq, { 'Auth-Token': it, 'Auth-Realm': realm, From: 'a@b', To: 'a@b' });
    const device = await token(`device1@${accountId}`);
    expect(device).to.deep.include({ 'Event-Name': 'token_resp' });
    expect((device as { 'Custom-Channel-Vars': object })['Custom-Channel-Vars']).to.include({
      'Account-ID': accountId,
      'Authorizing-ID': 'device1',
      'Owner-ID': 'owner1',
      Realm: realm,
    });
    const carrier = await token('carrier1@offnet');
    expect((carrier as { 'Custom-Channel-Vars': object })['Custom-Channel-Vars']).to.deep.equal({
      'Authorizing-ID': 'carrier1',
      'Authorizing-Type': 'resource',
      'Resource-ID': 'carrier1',
    });
    await edit('device1', { enabled: false });
    for (const gone of [`device1@${accountId}`, `nobody@${accountId}`, 'x', '@', `device1@${'b'.repeat(32)}`])
      expect((await token(gone))['Event-Name']).to.equal('authn_err');
  });

  const tell = (user: string, contact: string, more: object = {}) =>
    peer.publish(regSuccess, {
      Realm: realm,
      Username: user,
      Contact: contact,
      Expires: 60,
      'Event-Timestamp': 1,
      Status: 'Registered',
      'Custom-Channel-Vars': { 'Authorizing-ID': 'device1', 'Owner-ID': 'owner1', 'Account-ID': accountId },
      ...more,
    });
  // biome-ignore lint/suspicious/noExplicitAny: answers of several contracts
  const query = async (fields: object): Promise<any> => {
    await bus.settled();
    return peer.request(regQuery, fields);
  };

  it('knows who is registered, by realm, user and contact', async () => {
    await tell('phone1', 'sip:a@192.0.2.1');
    await tell('phone1', 'sip:b@192.0.2.1');
    await tell('phone2', 'sip:c@192.0.2.1', { 'User-Agent': 'x' });
    expect((await query({ Realm: realm })).Fields).to.have.length(3);
    expect((await query({ Realm: realm, Username: 'PHONE1' })).Fields).to.have.length(2);
    expect((await query({ Realm: realm, 'Count-Only': true })).Count).to.equal(3);
    const some = await query({ Realm: realm, Username: 'phone2', Fields: ['Contact', 'User-Agent'] });
    expect(some.Fields).to.deep.equal([{ Contact: 'sip:c@192.0.2.1', 'User-Agent': 'x' }]);
    await tell('phone1', 'sip:a@192.0.2.1', { Status: 'Unregistered', Expires: 0 });
    expect((await query({ Realm: realm, Username: 'phone1' })).Fields).to.have.length(1);
    await peer.publish(regFlush, { Realm: realm, Username: 'phone1' });
    expect((await query({ Realm: realm, Username: 'phone1' }))['Event-Name']).to.equal('reg_query_error');
    await peer.publish(regFlush, { Realm: realm });
    expect((await query({ Realm: realm, 'Count-Only': true })).Count).to.equal(0);
  });

  it('asks the edges for theirs when it starts', async () => {
    const other = bus.peer('edge2@test');
    await other.consume(
      { bindings: [{ exchange: 'registrar', key: 'registration.sync' }], contracts: [regSync] },
      (request) =>
        other.reply(request, regSuccess, {
          Realm: realm,
          Username: 'phone1',
          Contact: 'sip:told@192.0.2.1',
          Expires: 60,
          'Event-Timestamp': 1,
        }),
    );
    await app.stop();
    const { log, metrics } = bus;
    app = await startRegistrar({ bus, store, log, metrics } as unknown as AppContext, 0);
    expect((await query({ Realm: realm })).Fields[0]).to.include({ Contact: 'sip:told@192.0.2.1' });
  });

  it('lets one answer that knows more, while its own table is being filled', async () => {
    await tell('phone1', 'sip:a@192.0.2.1');
    await bus.settled();
    const { log, metrics } = bus;
    const context = { bus: bus.peer('registrar@new'), store, log, metrics } as unknown as AppContext;
    const young = await startRegistrar(context, 60_000);
    for (let time = 0; time < 3; time += 1)
      expect((await query({ Realm: realm, Username: 'phone1' })).Fields).to.have.length(1);
    const unsure = bus.named('reg_query_error').map((it) => it['Defer-Response']);
    expect(unsure).to.deep.equal([true, true, true]);
    await young.stop();
  });

  describe('flushes', () => {
    const flushes = async () => {
      await bus.settled();
      return bus.named('reg_flush').map(({ Realm, Username, 'Cache-Only': cacheOnly }) => ({
        Realm,
        Username,
        cacheOnly: cacheOnly === true,
      }));
    };

    it('a user whose password changed', async () => {
      await ask('phone1');
      await edit('device1', { sip: { username: 'Phone1', password: 'another' } });
      expect(await flushes()).to.deep.equal([{ Realm: realm, Username: 'Phone1', cacheOnly: false }]);
    });

    it('only the credentials when something else of the device changed', async () => {
      await ask('phone1');
      await edit('device1', { name: 'another name' });
      expect(await flushes()).to.deep.equal([{ Realm: realm, Username: 'Phone1', cacheOnly: true }]);
    });

    it('the phones of a disabled owner, known by their registrations alone', async () => {
      await tell('phone1', 'sip:a@192.0.2.1');
      await bus.settled();
      await edit('owner1', { enabled: false });
      expect(await flushes()).to.deep.equal([{ Realm: realm, Username: 'phone1', cacheOnly: false }]);
    });

    it('a deleted device, and the realm of a disabled account', async () => {
      await ask('phone1');
      await database().remove('device1');
      await ask('trunk1');
      await edit(accountId, { enabled: false });
      expect(await flushes()).to.deep.equal([
        { Realm: realm, Username: 'Phone1', cacheOnly: false },
        { Realm: realm, Username: undefined, cacheOnly: false },
      ]);
    });

    it('nobody when somebody else changes', async () => {
      await ask('phone1');
      await edit('pbx1', { name: 'x' });
      expect(await flushes()).to.deep.equal([]);
    });
  });
});

async function filled(): Promise<Store> {
  const store = memoryStore();
  const accounts = await store.ensure('accounts', 'accounts');
  const foreign = await store.ensure('sip_auth', 'sip_auth');
  const offnet = await store.ensure('offnet', 'offnet');
  const database = await store.ensure(accountDatabase(accountId), 'account');
  const account = { _id: accountId, pvt_type: 'account', pvt_account_id: accountId, name: 'One', realm };
  await accounts.save(account);
  await database.save(account);
  await database.save({ _id: 'owner1', pvt_type: 'user', presence_id: '1001' });
  await database.save({
    _id: 'device1',
    pvt_type: 'device',
    owner_id: 'owner1',
    sip: { username: 'Phone1', password: 'secret1' },
    media: { encryption: { enforce_security: true, methods: ['srtp'] } },
  });
  await database.save({
    _id: 'device2',
    pvt_type: 'device',
    sip: { username: 'byaddress', method: 'ip', ip: '192.0.2.1' },
  });
  const server = (auth_user: string, enabled: boolean) => ({
    auth: { auth_method: 'Password', auth_user, auth_password: 'trunksecret' },
    options: { enabled },
  });
  await database.save({
    _id: 'pbx1',
    pvt_type: 'sys_info',
    servers: [server('trunk1', true), server('trunk2', false)],
  });
  await foreign.save({
    _id: 'foreign1',
    pvt_type: 'device',
    pvt_account_id: accountId,
    sip: { realm: 'pbx.elsewhere.net', username: 'foreign1', password: 'foreignsecret' },
  });
  await offnet.save({ _id: 'carrier1', pvt_type: 'resource', name: 'carrier', gateways: [] });
  return store;
}
