// The edge over real sockets: everything a phone can do with REGISTER.
import { expect } from 'chai';
import { accountDatabase } from '../../../core/couch/index.ts';
import { regFlush } from '../../../core/messages/registration.ts';
import { closePhones, finalOf, Phone } from './testing/phone.ts';
import { accountId, realm, startZone, until, type Zone } from './testing/zone.ts';

describe('edge: REGISTER', () => {
  let zone: Zone;
  before(async () => {
    zone = await startZone();
  });
  afterEach(async () => {
    await closePhones();
    await zone.bus.publish(regFlush, { Realm: realm });
    await zone.bus.settled();
    zone.bus.clear();
  });
  after(() => zone.stop());

  const told = () => zone.bus.named('reg_success').map((message) => message);

  it('challenges by SHA-256 and MD5, takes the right answer, and tells of it', async () => {
    const phone = await Phone.open(zone, '1001');
    const offered = async (fields: Record<string, string>): Promise<unknown[]> => {
      const challenged = await phone.sendRegister(fields);
      expect(challenged.status).to.equal(401);
      const challenges = challenged.headers.getAll('www-authenticate');
      return challenges.map((value) => /algorithm=([\w-]+)/.exec(value)?.[1]);
    };
    expect(await offered({ 'User-Agent': 'Phone/1' })).to.deep.equal(['SHA-256', 'MD5']);
    expect(await offered({ 'User-Agent': 'baresip v1.0.0 (x86_64/linux)' })).to.deep.equal(['MD5']);
    expect(await offered({})).to.deep.equal(['MD5', 'SHA-256']);
    const response = await phone.register();
    expect(response.status).to.equal(200);
    expect(response.headers.get('contact')).to.equal(`<${phone.uri}>;expires=60`);
    await zone.bus.settled();
    expect(told()).to.have.length(1);
    expect(told()[0]).to.include({
      Realm: realm,
      Username: '1001',
      Status: 'Registered',
      Contact: phone.uri,
      Expires: 60,
      'First-Registration': true,
      'Source-IP': '127.0.0.1',
      'Source-Port': phone.port,
      'Proxy-Protocol': 'udp',
      'Proxy-Path': `sip:127.0.0.1:${zone.sip('udp').port}`,
      'Call-ID': phone.callId,
    });
    expect(told()[0]?.['Custom-Channel-Vars']).to.deep.equal({
      Username: '1001',
      Realm: realm,
      'Account-ID': accountId,
      'Account-Realm': realm,
      'Account-Name': 'One',
      'Authorizing-ID': 'device1001',
      'Authorizing-Type': 'device',
      'Owner-ID': 'owner1',
      'Presence-ID': `1001@${realm}`,
    });
  });

  it('takes SHA-256, also over TCP', async () => {
    const phone = await Phone.open(zone, '1001', { algorithm: 'SHA-256', protocol: 'tcp' });
    expect((await phone.register()).status).to.equal(200);
  });

  it('refreshes without asking anybody again', async () => {
    const phone = await Phone.open(zone, '1001');
    await phone.register();
    await zone.bus.settled();
    zone.bus.clear();
    const fields = { Authorization: phone.authorization('REGISTER', `sip:${realm}`) };
    expect((await phone.sendRegister(fields)).status).to.equal(200);
    await zone.bus.settled();
    expect(zone.bus.named('authn_req')).to.have.length(0);
    expect(told()).to.deep.equal([]);
    const shorter = { Expires: '200', Authorization: phone.authorization('REGISTER', `sip:${realm}`) };
    expect((await phone.sendRegister(shorter)).status).to.equal(200);
    await zone.bus.settled();
    expect(told()[0]).to.include({ Status: 'Registered', Expires: 200, 'First-Registration': false });
  });

  it('refuses a wrong password, an unknown user and an unknown realm', async () => {
    const wrong = await Phone.open(zone, '1001', { password: 'wrong' });
    const nobody = await Phone.open(zone, '1999');
    const elsewhere = await Phone.open(zone, '1001', { realm: 'unknown.example.org' });
    for (const phone of [wrong, nobody, elsewhere]) {
      const response = await phone.register();
      expect(response.status).to.equal(401);
      expect(response.headers.get('www-authenticate')).not.to.include('stale');
    }
    expect(told()).to.deep.equal([]);
  });

  it('lets nobody register as somebody else', async () => {
    const phone = await Phone.open(zone, '1001');
    phone.takeChallenge(await phone.sendRegister(), 'WWW-Authenticate');
    const Authorization = phone.authorization('REGISTER', `sip:${realm}`);
    const response = await phone.sendRegister({ To: `sip:1002@${realm}`, Authorization });
    expect(response.status).to.equal(403);
  });

  it('says that a challenge is stale when it is foreign or its count comes again', async () => {
    const phone = await Phone.open(zone, '1001');
    expect((await phone.register()).status).to.equal(200);
    const replayed = await phone.sendRegister({
      Authorization: phone.authorization('REGISTER', `sip:${realm}`, 1),
    });
    expect(replayed.status).to.equal(401);
    expect(replayed.headers.get('www-authenticate')).to.include('stale=true');
    phone.nonce = 'made.up.0123456789abcdef01234567';
    const foreign = await phone.sendRegister({
      Authorization: phone.authorization('REGISTER', `sip:${realm}`),
    });
    expect(foreign.status).to.equal(401);
    expect(foreign.headers.get('www-authenticate')).to.include('stale=true');
  });

  it('bounds the expiry', async () => {
    const phone = await Phone.open(zone, '1001');
    const brief = await phone.register({ Expires: '5' });
    expect([brief.status, brief.headers.get('min-expires')]).to.deep.equal([423, '60']);
    const long = await phone.register({ Expires: '99999' });
    expect(long.headers.get('contact')).to.match(/expires=3600$/);
    const silent = await phone.register({ Contact: `<${phone.uri}>;q=0.5`, Expires: '' });
    expect(silent.headers.get('contact')).to.match(/;q=0.5;expires=300$/);
  });

  it('keeps several contacts, removes one, and all', async () => {
    const phone = await Phone.open(zone, '1001');
    await phone.register();
    const two = await phone.register({ Contact: '<sip:1001@192.0.2.1:5070>' });
    expect(two.headers.getAll('contact')).to.have.length(2);
    const fetched = await phone.register({ Contact: '' });
    expect(fetched.headers.getAll('contact')).to.have.length(2);
    const one = await phone.register({ Contact: '<sip:1001@192.0.2.1:5070>', Expires: '0' });
    expect(one.headers.get('contact')).to.include(phone.uri);
    expect(one.headers.getAll('contact')).to.have.length(1);
    zone.bus.clear();
    const none = await phone.register({ Contact: '*', Expires: '0' });
    expect([none.status, none.headers.has('contact')]).to.deep.equal([200, false]);
    await zone.bus.settled();
    expect(told()[0]).to.include({ Status: 'Unregistered', Expires: 0, Contact: phone.uri });
  });

  it('replaces the contact of the same instance', async () => {
    const phone = await Phone.open(zone, '1001');
    const instance = ';+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"';
    await phone.register({ Contact: `<sip:1001@192.0.2.1:5070>${instance}` });
    const moved = await phone.register({ Contact: `<sip:1001@192.0.2.9:5070>${instance}` });
    expect(moved.headers.getAll('contact')).to.have.length(1);
    expect(moved.headers.get('contact')).to.include('192.0.2.9');
  });

  it('drops the oldest contacts of a user who has too many', async () => {
    const phone = await Phone.open(zone, '1001');
    let last = await phone.register();
    for (let port = 5070; port < 5085; port++)
      last = await phone.register({ Contact: `<sip:1001@192.0.2.1:${port}>`, Expires: String(port) });
    expect(last.headers.getAll('contact')).to.have.length(10);
  });

  it('refuses a request that was overtaken', async () => {
    const phone = await Phone.open(zone, '1001');
    await phone.register({ CSeq: '7' });
    const late = await phone.register({ CSeq: '6' });
    expect(late.status).to.equal(400);
    expect((await phone.register({ CSeq: '8' })).status).to.equal(200);
  });

  it('says nothing to a realm in numbers', async () => {
    const phone = await Phone.open(zone, '1001', { realm: '127.0.0.1' });
    const silent = phone.sendRegister();
    await until(() => zone.bus.metrics.value('edge_requests_total', { outcome: 'dropped' }) > 0);
    const other = await Phone.open(zone, '1002');
    const first = await Promise.race([silent, other.register()]);
    expect(first.status).to.equal(200);
  });

  it('forgets a flushed user, and asks again about a new password', async () => {
    const phone = await Phone.open(zone, '1001');
    await phone.register();
    await zone.bus.settled();
    const database = zone.store.database(accountDatabase(accountId));
    const change = (secret: string) =>
      database.update('device1001', (device) => ({ ...device, sip: { username: '1001', password: secret } }));
    await change('another-one');
    await zone.bus.settled();
    expect(zone.bus.named('reg_flush').at(-1)).to.include({ Realm: realm, Username: '1001' });
    expect(zone.bus.metrics.value('edge_registrations')).to.equal(0);
    expect((await phone.register()).status).to.equal(401);
    phone.password = 'another-one';
    expect((await phone.register()).status).to.equal(200);
    await change('secret-1001');
    await zone.bus.settled();
  });

  it('removes a phone that was disabled, and lets it in no more', async () => {
    const phone = await Phone.open(zone, '1003');
    await phone.register();
    await zone.bus.settled();
    const database = zone.store.database(accountDatabase(accountId));
    await database.update('device1003', (device) => ({ ...device, enabled: false }));
    await zone.bus.settled();
    expect(zone.bus.metrics.value('edge_registrations')).to.equal(0);
    expect((await phone.register()).status).to.equal(401);
    await database.update('device1003', (device) => ({ ...device, enabled: true }));
  });

  it('keeps its phones over a restart', async () => {
    const phone = await Phone.open(zone, '1002');
    await phone.register();
    await zone.restartEdge();
    expect(zone.bus.metrics.value('edge_registrations')).to.equal(1);
    const response = await phone.register({ Contact: '' });
    expect(response.headers.get('contact')).to.include(phone.uri);
  });

  it('answers OPTIONS, and 405 to what it does not offer', async () => {
    const phone = await Phone.open(zone, '1001');
    const sip = zone.sip('udp');
    const options = await finalOf(phone.send('OPTIONS', `sip:${sip.host}:${sip.port}`));
    expect(options.status).to.equal(200);
    expect(options.headers.get('allow')).to.include('INVITE');
    expect(
      (await finalOf(phone.send('PUBLISH', `sip:1001@${realm}`, { Event: 'presence' }))).status,
    ).to.equal(405);
  });
});

describe('edge: expiry', () => {
  it('tells and forgets contacts whose time is over', async () => {
    const zone = await startZone({ expires: { minimum: 1, maximum: 3600, default: 60 } });
    try {
      const phone = await Phone.open(zone, '1001');
      await phone.register({ Expires: '1' });
      await until(() => zone.bus.named('reg_success').some(({ Status }) => Status === 'Unregistered'));
      expect(zone.bus.metrics.value('edge_registrations')).to.equal(0);
    } finally {
      await closePhones();
      await zone.stop();
    }
  });
});
