// REGISTER at the edge, over every transport: who is let in, what is kept, and what the bus hears of it.
import { expect } from 'chai';
import { eventually } from '../e2e/eventually.ts';
import { itMay } from './capabilities.ts';
import { sharedZone } from './shared.ts';
import { realm, type Zone } from './zone.ts';

describe('edge: REGISTER', () => {
  let zone: Zone;
  before(async function () {
    this.timeout(60_000);
    zone = await sharedZone();
  });

  const ways = [
    ['UDP', {}, 'udp', undefined],
    ['TCP', { way: 'tcp' }, 'tcp', undefined],
    ['TLS', { way: 'tls' }, 'tls', 'tls'],
    ['WebSocket', { way: 'ws' }, 'ws', 'websocket'],
    ['WebSocket over TLS', { way: 'wss' }, 'wss', 'websocket'],
    ['UDP over IPv6', { host: '::1' }, 'udp', undefined],
    ['TCP over IPv6', { way: 'tcp', host: '::1' }, 'tcp', undefined],
  ] as const;
  for (const [index, [name, options, protocol, capability]] of ways.entries())
    itMay(capability, `takes a phone over ${name} and tells of it`, async () => {
      const user = `10${index}`;
      const phone = await zone.registered(user, options);
      await eventually(() => expect(zone.told(user)).to.have.length(1));
      const { host, port } = phone.channel.seen;
      expect(zone.told(user)[0]).to.include({
        Realm: realm,
        Status: 'Registered',
        Expires: 300,
        Contact: phone.uri,
        'First-Registration': true,
        'Proxy-Protocol': protocol,
        'Source-IP': host,
        'Source-Port': port,
        'Account-ID': 'a'.repeat(32),
      });
      const sha = await zone.phone(user, { ...options, algorithm: 'SHA-256' });
      expect((await sha.register()).status).to.equal(200);
      expect(zone.registrar.asked(user)).to.equal(1);
    });

  itMay('quiet refresh', 'asks nobody when it knows the user, and tells the bus nothing new', async () => {
    const phone = await zone.registered('120');
    await eventually(() => expect(zone.told('120')).to.have.length(1));
    for (let count = 0; count < 20; count++) expect((await phone.refresh().final).status).to.equal(200);
    expect(zone.registrar.asked('120')).to.equal(1);
    const other = await zone.registered('121');
    await eventually(() => expect(zone.told('121')).to.have.length(1));
    expect(zone.told('120')).to.have.length(1);
    expect((await other.refresh({ Expires: '0' }).final).status).to.equal(200);
    await eventually(() =>
      expect(zone.told('121').at(-1)).to.include({ Status: 'Unregistered', Expires: 0 }),
    );
  });

  for (const algorithm of ['MD5', 'SHA-256'] as const)
    it(`answers a REGISTER that comes again as before, never as stale (${algorithm})`, async () => {
      const user = algorithm === 'MD5' ? '122' : '123';
      const phone = await zone.phone(user, { algorithm });
      phone.takeChallenge(await phone.sendRegister().final);
      // The first is held up at registrar; the phone sends it again meanwhile, and after its answer.
      const release = zone.registrar.hold();
      const cold = phone.refresh();
      await eventually(() => expect(zone.registrar.asked(user)).to.equal(1));
      cold.repeat();
      release();
      await cold.final;
      for (const fields of [{}, { Expires: '200' }, { Expires: '0' }] as Record<string, string>[]) {
        const sent = phone.refresh(fields);
        sent.repeat();
        await sent.final;
        sent.repeat();
        await eventually(() => expect(sent.responses.length).to.be.at.least(2));
        expect(new Set(sent.responses.map(({ status }) => status))).to.deep.equal(new Set([200]));
      }
      expect(new Set(cold.responses.map(({ status }) => status))).to.deep.equal(new Set([200]));
      expect(zone.registrar.asked(user)).to.equal(1);
    });

  it('tells a new request that its nonce is used up', async () => {
    const phone = await zone.registered('124');
    const Authorization = phone.authorization('REGISTER', `sip:${realm}`);
    expect((await phone.sendRegister({ Authorization }).final).status).to.equal(200);
    const sent = phone.sendRegister({ Authorization });
    // By datagram it might be a retransmission that overtakes the answer: it is believed at the second time.
    sent.repeat();
    const { status, headers } = await sent.final;
    expect([status, /stale=true/i.test(headers.get('www-authenticate') ?? '')]).to.deep.equal([401, true]);
  });

  it('keeps ten contacts of a user: an eleventh takes the place of the oldest', async () => {
    const phone = await zone.phone('125');
    const contact = (port: number): string => `<sip:125@192.0.2.1:${port}>`;
    let last = await phone.register({ Contact: contact(5070) });
    for (let port = 5071; port <= 5081; port++) {
      // Kamailio knows the age of a contact by the second.
      if (port === 5072) await new Promise((resolve) => setTimeout(resolve, 1_100));
      last = await phone.refresh({ Contact: contact(port) }).final;
      expect([port, last.status]).to.deep.equal([port, 200]);
    }
    const contacts = last.headers.getAll('contact').join();
    expect(last.headers.getAll('contact')).to.have.length(10);
    expect(contacts).not.to.include(':5070>').and.not.to.include(':5071>');
    expect(contacts).to.include(':5081>');
    await eventually(() =>
      expect(zone.told('125').filter(({ Status }) => Status === 'Unregistered')).to.have.length(2),
    );
  });

  it('replaces the contact of the same instance', async () => {
    const phone = await zone.phone('126');
    const instance = ';+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>";reg-id=1';
    await phone.register({ Contact: `<sip:126@192.0.2.1:5070>${instance}`, Supported: 'path, outbound' });
    const moved = await phone.refresh({ Contact: `<sip:126@192.0.2.9:5070>${instance}` }).final;
    expect(moved.headers.getAll('contact').join()).to.include('192.0.2.9').and.not.to.include('192.0.2.1:');
  });

  it('takes the new password at once after a flush, and the old one no more', async () => {
    const phone = await zone.registered('127');
    await eventually(() => expect(zone.told('127').at(-1)?.Status).to.equal('Registered'));
    zone.registrar.passwords.set('127', 'another');
    await zone.flush('127');
    await eventually(() => expect(zone.told('127').at(-1)?.Status).to.equal('Unregistered'));
    expect((await phone.register()).status).to.equal(401);
    phone.password = 'another';
    expect((await phone.register()).status).to.equal(200);
  });

  itMay('flush overtakes', 'keeps nothing of an answer that a flush has overtaken', async () => {
    const phone = await zone.phone('128');
    await zone.registered('129');
    phone.takeChallenge(await phone.sendRegister().final);
    const release = zone.registrar.hold();
    const cold = phone.refresh();
    await eventually(() => expect(zone.registrar.asked('128')).to.equal(1));
    zone.registrar.passwords.set('128', 'another');
    await zone.flush('128');
    // The flush of somebody who is registered tells that it is done; it comes behind the other.
    await zone.flush('129');
    await eventually(() => expect(zone.told('129').at(-1)?.Status).to.equal('Unregistered'));
    release();
    expect((await cold.final).status).to.equal(401);
    expect((await phone.register()).status).to.equal(401);
    phone.password = 'another';
    expect((await phone.register()).status).to.equal(200);
  });

  it('refuses a wrong password, a stranger, and who registers as somebody else', async () => {
    zone.registrar.refused.add('131');
    for (const options of [{ password: 'wrong' }, {}] as const) {
      const phone = await zone.phone('password' in options ? '130' : '131', options);
      expect((await phone.register()).status).to.equal(401);
    }
    const thief = await zone.registered('132');
    const answer = await thief.refresh({ To: `sip:133@${realm}` }).final;
    expect(answer.status).to.equal(403);
    expect(['130', '131', '133'].flatMap((user) => zone.told(user))).to.deep.equal([]);
  });

  it('tells when the time of a contact is over', async function () {
    this.timeout(20_000);
    await zone.configure({ expires: { minimum: 1, maximum: 3600, default: 300 } });
    const phone = await zone.phone('134');
    expect((await phone.register({ Expires: '1' })).status).to.equal(200);
    await eventually(() => expect(zone.told('134').at(-1)).to.include({ Status: 'Unregistered' }), 15);
    await zone.configure({});
  });
});
