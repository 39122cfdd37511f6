// The edge over real sockets: calls of phones whose Contact is an address at which nobody can be reached.
import { once } from 'node:events';
import { expect } from 'chai';
import { type Address, Dialog, nextHop, type SipResponse } from '../../../rel/embedded/sip/stack/index.ts';
import { contactLie } from './nat.ts';
import { closePhones, finalOf, Phone, type PhoneOptions, SDP } from './testing/phone.ts';
import { realm, startZone, until, type Zone } from './testing/zone.ts';

const addressOf = (phone: Phone): Address =>
  phone.stack.addresses.find(({ protocol }) => protocol === 'udp') as Address;

let hosts = 0;

/** A Contact of its own for each: a drachtio-server remembers TCP connections by user and host of Contacts. */
const lie = (user: string, protocol = 'udp'): string => {
  hosts += 1;
  return `<sip:${user}@10.255.0.${hosts}:5062${protocol === 'udp' ? '' : `;transport=${protocol}`}>`;
};

const OFFER = { headers: { 'Content-Type': 'application/sdp' }, body: SDP.replace('1 1', '1 2') };

describe('edge: phones behind a NAT', () => {
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

  const hidden = async (user: string, options: PhoneOptions = {}): Promise<Phone> => {
    const phone = await Phone.open(zone, user, { contact: lie(user, options.protocol), ...options });
    expect((await phone.register()).status).to.equal(200);
    return phone;
  };
  const ring = (user: string, fields: Record<string, string> = {}) => {
    const { host, port } = zone.sip('udp');
    return media.call(`sip:${user}@${host}:${port}`, { 'X-KAZOO-AOR': `sip:${user}@${realm}`, ...fields });
  };

  /** A re-INVITE from one end to the other, with the answer and its ACK. */
  async function renegotiate(from: Phone, dialog: Dialog, to: Phone, other: Dialog): Promise<void> {
    const again = from.stack.request(dialog.request('INVITE', OFFER));
    const arrived = await to.next('INVITE');
    expect(arrived.request.body.toString()).to.equal(OFFER.body);
    expect(other.receive(arrived.request)).to.equal(undefined);
    const answered = finalOf(again);
    arrived.transaction.respond(200, 'OK', {
      headers: { Contact: to.contact, 'Content-Type': 'application/sdp' },
      body: SDP,
    });
    const response = await answered;
    expect([response.status, response.body.toString()]).to.deep.equal([200, SDP]);
    const ack = dialog.ack(dialog.localSequence);
    again.ack(ack, nextHop(ack));
    await to.next('ACK');
  }

  async function within(from: Phone, dialog: Dialog, to: Phone, method: string): Promise<SipResponse> {
    const parts = {
      headers: { 'Content-Type': 'application/dtmf-relay', 'X-Any': 'kept' },
      body: 'Signal=5',
    };
    const done = finalOf(from.stack.request(dialog.request(method, method === 'BYE' ? {} : parts)));
    const { request, transaction } = await to.next(method);
    if (method !== 'BYE') {
      expect([request.body.toString(), request.headers.get('x-any')]).to.deep.equal(['Signal=5', 'kept']);
    }
    transaction.respond(200);
    return done;
  }

  /** Everything that either end may want inside of a call, and its end by one of them. */
  async function live(phone: Phone, at: Dialog, there: Dialog, ending: 'phone' | 'media'): Promise<void> {
    expect(at.callId).to.equal(there.callId);
    await renegotiate(media, there, phone, at);
    await renegotiate(phone, at, media, there);
    for (const method of ['INFO', 'UPDATE']) {
      expect((await within(media, there, phone, method)).status).to.equal(200);
      expect((await within(phone, at, media, method)).status).to.equal(200);
    }
    const [from, dialog, to] = ending === 'phone' ? [phone, at, media] : [media, there, phone];
    expect((await within(from, dialog, to, 'BYE')).status).to.equal(200);
  }

  for (const protocol of ['udp', 'tcp'] as const)
    for (const ending of ['phone', 'media'] as const) {
      it(`call over ${protocol}, are reached inside the call, and the ${ending} ends it`, async () => {
        const phone = await hidden('1001', { protocol });
        const call = phone.call(`sip:1002@${realm}`, { 'X-Any': 'kept' });
        const arrived = await media.next('INVITE');
        expect(arrived.request.headers.get('x-any')).to.equal('kept');
        expect(arrived.request.headers.get('x-auth-ip')).to.equal('127.0.0.1');
        expect(arrived.request.headers.get('max-forwards')).to.equal('69');
        expect(arrived.request.uri).to.equal(`sip:1002@${realm}`);
        const there = media.answer(arrived);
        const at = await call.answered();
        await media.next('ACK');
        await live(phone, at, there, ending);
      });

      it(`are called over ${protocol}, are reached inside the call, and the ${ending} ends it`, async () => {
        const phone = await hidden('1002', { protocol });
        const call = ring('1002', { 'X-Any': 'kept' });
        const ringing = call.status(180);
        const arrived = await phone.next('INVITE');
        expect(arrived.request.headers.get('x-any')).to.equal('kept');
        arrived.transaction.respond(180);
        await ringing;
        const at = phone.answer(arrived);
        const there = await call.answered();
        await phone.next('ACK');
        await live(phone, at, there, ending);
      });
    }

  it('give up a call: the media server is told, with the reason', async () => {
    const phone = await hidden('1001');
    const call = phone.call(`sip:1002@${realm}`);
    const ringing = call.status(183);
    const { transaction } = await media.next('INVITE');
    const cancelled = once(transaction, 'cancel');
    transaction.respond(183, 'Session Progress', {
      headers: { 'Content-Type': 'application/sdp' },
      body: SDP,
    });
    expect((await ringing).body.toString()).to.equal(SDP);
    const final = call.final();
    call.transaction.cancel([['Reason', 'SIP;cause=480']]);
    const [cancel] = await cancelled;
    expect(cancel.headers.get('reason')).to.equal('SIP;cause=480');
    transaction.respond(487);
    expect((await final).status).to.equal(487);
  });

  it('refuse a call with a status, a reason and fields of their own', async () => {
    const phone = await hidden('1002');
    const call = ring('1002');
    (await phone.next('INVITE')).transaction.respond(486, 'In A Meeting', { headers: { 'X-Until': 'noon' } });
    const refused = await call.final();
    expect([refused.status, refused.reason, refused.headers.get('x-until')]).to.deep.equal([
      486,
      'In A Meeting',
      'noon',
    ]);
  });

  it('refuse a call with a status that nobody has registered', async () => {
    const phone = await hidden('1002');
    const call = ring('1002');
    (await phone.next('INVITE')).transaction.respond(499, 'Never Heard Of');
    const refused = await call.final();
    expect([refused.status, refused.reason]).to.deep.equal([400, 'Never Heard Of']);
  });

  it('ring all at once; one answers, the others are told that it was answered elsewhere', async () => {
    const [desk, mobile] = [await hidden('1003'), await Phone.open(zone, '1003')];
    expect((await mobile.register()).status).to.equal(200);
    const call = ring('1003');
    const [atDesk, atMobile] = [await desk.next('INVITE'), await mobile.next('INVITE')];
    const cancelled = once(atDesk.transaction, 'cancel');
    atDesk.transaction.respond(180);
    const callee = mobile.answer(atMobile);
    const caller = await call.answered();
    await mobile.next('ACK');
    const [cancel] = await cancelled;
    expect(cancel.headers.get('reason')).to.include('elsewhere');
    atDesk.transaction.respond(487);
    expect((await within(mobile, callee, media, 'BYE')).status).to.equal(200);
    expect(caller.callId).to.equal(callee.callId);
  });

  it('ring all at once; when all refuse the best answer goes back', async () => {
    const [desk, mobile] = [await hidden('1002'), await hidden('1002', { contact: lie('mobile') })];
    const call = ring('1002');
    (await desk.next('INVITE')).transaction.respond(503);
    (await mobile.next('INVITE')).transaction.respond(486);
    expect((await call.final()).status).to.equal(486);
  });

  it('get the offer in the answer, and the answer in the ACK', async () => {
    const phone = await hidden('1001');
    const invite = phone.send('INVITE', `sip:1002@${realm}`);
    const final = finalOf(invite);
    const arrived = await media.next('INVITE');
    expect(arrived.request.body.length).to.equal(0);
    const there = media.answer(arrived);
    const response = await final;
    expect(response.body.toString()).to.equal(SDP);
    const at = Dialog.fromResponse(invite.request, response);
    const ack = at.ack(at.localSequence, OFFER);
    invite.ack(ack, nextHop(ack));
    expect((await media.next('ACK')).request.body.toString()).to.equal(OFFER.body);
    // And once more inside the call.
    const again = media.stack.request(there.request('INVITE'));
    const offered = finalOf(again);
    const reinvite = await phone.next('INVITE');
    at.receive(reinvite.request);
    reinvite.transaction.respond(200, 'OK', {
      headers: { Contact: phone.contact, 'Content-Type': 'application/sdp' },
      body: SDP,
    });
    expect((await offered).body.toString()).to.equal(SDP);
    const last = there.ack(there.localSequence, OFFER);
    again.ack(last, nextHop(last));
    expect((await phone.next('ACK')).request.body.toString()).to.equal(OFFER.body);
    expect((await within(media, there, phone, 'BYE')).status).to.equal(200);
  });

  it('keep session timers: who refreshes is agreed end to end', async () => {
    const phone = await hidden('1001');
    const timer = { Supported: 'timer, 100rel', 'Session-Expires': '1800', 'Min-SE': '90' };
    const invite = phone.call(`sip:1002@${realm}`, timer);
    const arrived = await media.next('INVITE');
    expect(arrived.request.headers.get('session-expires')).to.equal('1800');
    expect(arrived.request.headers.get('supported')).to.equal('timer');
    const final = invite.final();
    arrived.transaction.respond(200, 'OK', {
      headers: {
        Contact: media.contact,
        'Content-Type': 'application/sdp',
        Require: 'timer',
        'Session-Expires': '1800;refresher=uac',
      },
      body: SDP,
    });
    const { headers } = await final;
    expect(headers.get('session-expires')).to.match(/^1800; ?refresher=uac$/);
    expect(headers.get('require')).to.equal('timer');
  });

  it('transfer a call to another of theirs: each side is told of its own dialogs', async () => {
    const phone = await hidden('1001');
    const dial = async (number: string) => {
      const call = phone.call(`sip:${number}@${realm}`);
      const there = media.answer(await media.next('INVITE'));
      const at = await call.answered();
      await media.next('ACK');
      return { at, there };
    };
    const [first, second] = [await dial('1002'), await dial('1003')];
    const named = ({ callId, localTag, remoteTag }: Dialog): string =>
      `${callId};to-tag=${remoteTag};from-tag=${localTag}`;
    const referTo = `<sip:1003@${realm}?Replaces=${encodeURIComponent(named(second.at))}>`;
    const done = finalOf(
      phone.stack.request(first.at.request('REFER', { headers: { 'Refer-To': referTo } })),
    );
    const refer = await media.next('REFER');
    refer.transaction.respond(202);
    expect((await done).status).to.equal(202);
    const { callId, localTag, remoteTag } = second.there;
    expect(decodeURIComponent(refer.request.headers.get('refer-to') ?? '')).to.include(
      `Replaces=${callId};to-tag=${localTag};from-tag=${remoteTag}>`,
    );
    const event = { Event: 'refer', 'Subscription-State': 'terminated;reason=noresource' };
    const notified = finalOf(
      media.stack.request(
        first.there.request('NOTIFY', {
          headers: { ...event, 'Content-Type': 'message/sipfrag' },
          body: 'SIP/2.0 200 OK',
        }),
      ),
    );
    const notify = await phone.next('NOTIFY');
    expect(notify.request.body.toString()).to.equal('SIP/2.0 200 OK');
    notify.transaction.respond(200);
    expect((await notified).status).to.equal(200);
  });

  it('are hung up on both sides when the edge stops', async () => {
    const phone = await hidden('1001');
    const call = phone.call(`sip:1002@${realm}`);
    media.answer(await media.next('INVITE'));
    await call.answered();
    await media.next('ACK');
    await until(() => zone.bus.metrics.value('edge_b2bua_calls') === 1);
    const stopped = zone.restartEdge();
    for (const end of [phone, media]) {
      const { request, transaction } = await end.next('BYE');
      expect(request.headers.get('reason')).to.include('Edge stopped');
      transaction.respond(200);
    }
    await stopped;
  });
});

describe('a Contact', () => {
  const source = { protocol: 'udp', host: '203.0.113.5', port: 40_000 };
  for (const [contact, expected] of [
    ['sip:a@203.0.113.5:5060', 'none'],
    ['sip:a@phone.example.org', 'none'],
    ['sip:a@192.168.1.7:5060;transport=tcp', 'inner'],
    ['sip:a@172.31.0.1', 'inner'],
    ['sip:a@172.32.0.1', 'elsewhere'],
    ['sip:a@100.64.3.2', 'inner'],
    ['sip:a@[fd00::1]:5060', 'inner'],
    ['', 'none'],
  ] as const)
    it(`${contact || 'that is absent'} points ${expected}`, () => {
      expect(contactLie(contact, source)).to.equal(expected);
    });
});
