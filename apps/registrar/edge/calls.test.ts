// The edge over real sockets: calls from phones and carriers to media servers, and from media servers to phones.
import { once } from 'node:events';
import { expect } from 'chai';
import { regFlush } from '../../../core/messages/registration.ts';
import type { Address } from '../../../rel/embedded/sip/stack/index.ts';
import { closePhones, finalOf, Phone } from './testing/phone.ts';
import { accountId, realm, startZone, type Zone } from './testing/zone.ts';

const addressOf = (phone: Phone): Address =>
  phone.stack.addresses.find(({ protocol }) => protocol === 'udp') as Address;

describe('edge: calls', () => {
  let zone: Zone;
  let media: Phone;
  beforeEach(async () => {
    zone = await startZone();
    media = await Phone.open(zone, 'mod_sofia');
    await zone.announce([addressOf(media)]);
  });
  afterEach(async () => {
    await closePhones();
    await zone.stop();
  });

  const token = (user: string): string => `device${user}@${accountId}`;
  const registered = async (user: string, options = {}): Promise<Phone> => {
    const phone = await Phone.open(zone, user, options);
    expect((await phone.register()).status).to.equal(200);
    return phone;
  };

  it('passes the call of a registered phone on, with who it is', async () => {
    const phone = await registered('1001');
    const call = phone.call(`sip:1002@${realm}`);
    const { request, transaction } = await media.next('INVITE');
    expect(request.uri).to.equal(`sip:1002@${realm}`);
    expect(request.headers.get('x-auth-token')).to.equal(token('1001'));
    expect(request.headers.get('x-auth-ip')).to.equal('127.0.0.1');
    expect(request.headers.get('x-auth-port')).to.equal(String(phone.port));
    expect(request.headers.get('x-auth-uri-user')).to.equal(undefined);
    expect(request.headers.get('record-route')).to.include(';lr');
    expect(request.headers.get('max-forwards')).to.equal('69');
    transaction.respond(486);
    expect((await call.final()).status).to.equal(486);
    expect(zone.bus.named('authn_req')).to.have.length(1);
  });

  it('challenges an unregistered phone and takes its digest', async () => {
    const phone = await Phone.open(zone, '1001');
    const uri = `sip:1002@${realm}`;
    const challenged = await phone.call(uri).final();
    expect(challenged.status).to.equal(407);
    phone.takeChallenge(challenged, 'Proxy-Authenticate');
    const call = phone.call(uri, { 'Proxy-Authorization': phone.authorization('INVITE', uri) });
    const { request, transaction } = await media.next('INVITE');
    expect(request.headers.get('x-auth-token')).to.equal(token('1001'));
    transaction.respond(404);
    expect((await call.final()).status).to.equal(404);
  });

  it('refuses a caller whom registrar does not know, and a wrong password', async () => {
    const uri = `sip:1002@${realm}`;
    for (const [user, status] of [
      ['1999', 403],
      ['1001', 407],
    ] as const) {
      const phone = await Phone.open(zone, user, { password: 'wrong' });
      phone.takeChallenge(await phone.call(uri).final(), 'Proxy-Authenticate');
      const call = phone.call(uri, { 'Proxy-Authorization': phone.authorization('INVITE', uri) });
      expect((await call.final()).status).to.equal(status);
    }
  });

  it('takes the call of a trusted carrier without a digest', async () => {
    const carrier = await Phone.open(zone, '+15551234567', { realm: 'carrier.example.net' });
    await zone.trust({
      carrier1: { cidrs: ['127.0.0.1/32'], ports: [carrier.port], token: 'resource1@offnet' },
    });
    const { host, port } = zone.sip('udp');
    const call = carrier.call(`sip:+14155550100@${host}:${port}`);
    const { request, transaction } = await media.next('INVITE');
    expect(request.uri).to.equal(`sip:+14155550100@127.0.0.1:${addressOf(media).port};transport=udp`);
    const header = (name: string) => request.headers.get(name);
    expect(header('x-auth-token')).to.equal('resource1@offnet');
    expect(header('x-auth-uri-user')).to.equal('+14155550100');
    expect(header('x-auth-uri-realm')).to.equal(host);
    expect(header('x-auth-from-user')).to.equal('+15551234567');
    expect(header('x-auth-from-is-anonymous')).to.equal('false');
    transaction.respond(603);
    await call.final();
    await zone.trust({});
    expect((await carrier.call(`sip:+14155550100@${host}:${port}`).final()).status).to.equal(407);
  });

  for (const protocol of ['udp', 'tcp'] as const)
    it(`stays in the dialog over ${protocol}: ACK, re-INVITE and BYE by each side`, async () => {
      const phone = await registered('1001', { protocol });
      for (const ending of ['phone', 'media'] as const) {
        const call = phone.call(`sip:1002@${realm}`);
        const callee = media.answer(await media.next('INVITE'));
        const caller = await call.answered();
        await media.next('ACK');
        const again = phone.within(caller, 'INVITE');
        const reinvite = await media.next('INVITE');
        expect(callee.receive(reinvite.request)).to.equal(undefined);
        reinvite.transaction.respond(488);
        expect((await again).status).to.equal(488);
        const done = ending === 'phone' ? phone.within(caller, 'BYE') : media.within(callee, 'BYE');
        (await (ending === 'phone' ? media : phone).next('BYE')).transaction.respond(200);
        expect((await done).status).to.equal(200);
      }
    });

  it('passes CANCEL on', async () => {
    const phone = await registered('1001');
    const call = phone.call(`sip:1002@${realm}`);
    const ringing = call.status(180);
    const { transaction } = await media.next('INVITE');
    const cancelled = once(transaction, 'cancel');
    transaction.respond(180);
    await ringing;
    const final = call.final();
    call.transaction.cancel();
    await cancelled;
    transaction.respond(487);
    expect((await final).status).to.equal(487);
  });

  it('rings all contacts of a user, each where its REGISTER came from', async () => {
    const desk = await Phone.open(zone, '1002');
    // Behind a NAT: the contact says an address that nobody can reach.
    expect((await desk.register({ Contact: '<sip:desk@192.0.2.7:5060;line=a>' })).status).to.equal(200);
    const mobile = await registered('1002', { protocol: 'tcp' });
    const { host, port } = zone.sip('udp');
    const call = media.call(`sip:1002@${host}:${port}`, { 'X-KAZOO-AOR': `sip:1002@${realm}` });
    const atDesk = await desk.next('INVITE');
    const atMobile = await mobile.next('INVITE');
    expect(atDesk.request.uri).to.equal('sip:desk@192.0.2.7:5060;line=a');
    expect(atMobile.source.protocol).to.equal('tcp');
    const cancelled = once(atDesk.transaction, 'cancel');
    atDesk.transaction.respond(180);
    atMobile.transaction.respond(180);
    const callee = mobile.answer(atMobile);
    const caller = await call.answered();
    await mobile.next('ACK');
    await cancelled;
    atDesk.transaction.respond(487);
    const done = media.within(caller, 'BYE');
    (await mobile.next('BYE')).transaction.respond(200);
    expect((await done).status).to.equal(200);
    expect(callee.callId).to.equal(caller.callId);
  });

  it('finds a user by the Request-URI, or one contact by its own address', async () => {
    const phone = await registered('1002');
    await phone.register({ Contact: '<sip:1002@192.0.2.7:5060>', Expires: '70' });
    for (const uri of [`sip:1002@${realm}`, phone.uri]) {
      const call = media.call(uri);
      (await phone.next('INVITE')).transaction.respond(486);
      // The second contact leads to the same phone here: it rings once for each.
      if (uri.endsWith(realm)) (await phone.next('INVITE')).transaction.respond(486);
      expect((await call.final()).status).to.equal(486);
    }
  });

  it('answers 480 for a user who is not registered', async () => {
    const { host, port } = zone.sip('udp');
    const fields = { 'X-KAZOO-AOR': `sip:1003@${realm}` };
    expect((await media.call(`sip:1003@${realm}`, fields).final()).status).to.equal(480);
    expect((await media.call(`sip:1003@${host}:${port}`).final()).status).to.equal(480);
    await registered('1002');
    await zone.bus.publish(regFlush, { Realm: realm, Username: '1002' });
    await zone.bus.settled();
    expect((await media.call(`sip:1002@${realm}`).final()).status).to.equal(480);
  });

  it('relays the call of a media server to a carrier as it is addressed', async () => {
    const carrier = await Phone.open(zone, 'carrier');
    const uri = `sip:+14155550100@127.0.0.1:${carrier.port}`;
    const call = media.call(uri, { 'X-Any': 'kept' });
    const { request, transaction } = await carrier.next('INVITE');
    expect(request.uri).to.equal(uri);
    expect(request.headers.get('x-any')).to.equal('kept');
    transaction.respond(503);
    expect((await call.final()).status).to.equal(503);
  });

  it('gives no calls to a media server that says 503', async () => {
    const busy = await Phone.open(zone, 'mod_sofia');
    busy.onOptions = ({ transaction }) => void transaction.respond(503);
    await zone.announce([addressOf(media), addressOf(busy)], 1);
    const phone = await registered('1001');
    for (let index = 0; index < 6; index++) {
      const call = phone.call(`sip:1002@${realm}`, { 'Call-ID': `call-${index}` });
      (await media.next('INVITE')).transaction.respond(486);
      await call.final();
    }
    expect(busy.hasNone('INVITE')).to.equal(true);
  });

  it('answers 503 to calls and OPTIONS while it drains, and registers on', async () => {
    const phone = await registered('1001');
    await zone.drain();
    expect((await phone.call(`sip:1002@${realm}`).final()).status).to.equal(503);
    const { host, port } = zone.sip('udp');
    expect((await finalOf(phone.send('OPTIONS', `sip:${host}:${port}`))).status).to.equal(503);
    expect((await phone.register()).status).to.equal(200);
  });

  it('sees loops and spent hops', async () => {
    const phone = await registered('1001');
    const { host, port } = zone.sip('udp');
    const call = phone.call(`sip:1002@${realm}`, { Via: `SIP/2.0/UDP ${host}:${port};branch=z9hG4bKown` });
    expect((await call.final()).status).to.equal(482);
    expect((await phone.call(`sip:1002@${realm}`, { 'Max-Forwards': '0' }).final()).status).to.equal(483);
  });

  it('passes a MESSAGE on and says 489 to subscriptions', async () => {
    const phone = await registered('1001');
    const sent = finalOf(
      phone.send('MESSAGE', `sip:1002@${realm}`, { 'Content-Type': 'text/plain' }, 'hello'),
    );
    const { request, transaction } = await media.next('MESSAGE');
    expect(request.headers.get('x-auth-token')).to.equal(token('1001'));
    transaction.respond(202);
    expect((await sent).status).to.equal(202);
    expect(
      (await finalOf(phone.send('SUBSCRIBE', `sip:1002@${realm}`, { Event: 'presence' }))).status,
    ).to.equal(489);
  });
});

describe('edge: media servers', () => {
  let zone: Zone;
  afterEach(async () => {
    await closePhones();
    await zone.stop();
  });

  it('gives calls to another one when one dies', async () => {
    zone = await startZone({ dispatcher: { fresh: 0 } });
    const servers = [await Phone.open(zone, 'mod_sofia'), await Phone.open(zone, 'mod_sofia')] as const;
    await zone.announce(servers.map(addressOf));
    const phone = await Phone.open(zone, '1001');
    await phone.register();
    await servers[0].stack.close();
    // Whoever is the first choice for a Call-ID: every one of these calls arrives.
    for (let index = 0; index < 6; index++) {
      const call = phone.call(`sip:1002@${realm}`, { 'Call-ID': `call-${index}` });
      (await servers[1].next('INVITE')).transaction.respond(486);
      expect((await call.final()).status).to.equal(486);
    }
  });

  it('answers 503 when there is none', async () => {
    zone = await startZone();
    const phone = await Phone.open(zone, '1001');
    await phone.register();
    const refused = await phone.call(`sip:1002@${realm}`).final();
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([503, '5']);
  });
});
