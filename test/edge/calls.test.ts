// Calls through the edge, over every transport and in both directions: whole dialogs, and nothing of the inside seen outside.
import { expect } from 'chai';
import type { Dialog } from '../../rel/embedded/sip/stack/index.ts';
import { eventually } from '../e2e/eventually.ts';
import { hiding, itMay } from './capabilities.ts';
import { nextOf } from './peer.ts';
import type { Phone } from './phone.ts';
import { accountId } from './registrar.ts';
import { sharedZone } from './shared.ts';
import { realm, type Zone } from './zone.ts';

describe('edge: calls', () => {
  let zone: Zone;
  let edgeAddress: string;
  before(async function () {
    this.timeout(60_000);
    zone = await sharedZone();
    const { host, port } = zone.edge.place('udp');
    edgeAddress = `${host}:${port}`;
  });

  /** The media server that gets a call, and the call. */
  const arrived = async () => {
    const { peer, incoming } = await nextOf(
      zone.media.map(({ phone }) => phone),
      'INVITE',
    );
    return { phone: peer, incoming };
  };
  /** The edge has the call of `phone` answered by a media server. */
  const calling = async (phone: Phone) => {
    const call = phone.invite('2000');
    const { phone: media, incoming } = await arrived();
    const callee = media.accept(incoming);
    const caller = await phone.answered(call);
    await media.next('ACK');
    return { media, incoming, callee, caller };
  };
  /** A media server calls `phone`, which answers. */
  const called = async (phone: Phone, user: string) => {
    const media = zone.media[0].phone;
    const call = media.invite(`sip:${user}@${edgeAddress}`, {
      'X-KAZOO-AOR': `sip:${user}@${realm}`,
      From: `<sip:2000@${realm}>`,
      Contact: `<${media.uri}>`,
    });
    const incoming = await phone.next('INVITE');
    const callee = phone.accept(incoming);
    const caller = await media.answered(call);
    await phone.next('ACK');
    return { media, incoming, callee, caller };
  };
  /** Requests of both ends within a dialog, and the end. */
  const live = async (a: Phone, atA: Dialog, b: Phone, atB: Dialog) => {
    for (const [from, dialog, to, other] of [
      [a, atA, b, atB],
      [b, atB, a, atA],
    ] as const) {
      const again = from.within(dialog, 'INVITE', { 'Content-Type': 'application/sdp' }, 'v=0\r\n');
      const reinvite = await to.next('INVITE');
      expect(other.receive(reinvite.request)).to.equal(undefined);
      reinvite.answer(200, { Contact: `<${to.uri}>` });
      expect((await again.final).status).to.equal(200);
      from.sendTo(dialog.ack(dialog.localSequence));
      await to.next('ACK');
      const info = from.within(dialog, 'INFO', { 'Content-Type': 'application/dtmf-relay' }, 'Signal=1\r\n');
      (await to.next('INFO')).answer(200);
      expect((await info.final).status).to.equal(200);
    }
    const bye = b.within(atB, 'BYE');
    (await a.next('BYE')).answer(200);
    expect((await bye.final).status).to.equal(200);
  };

  const ways = [
    ['UDP', {}, undefined],
    ['TCP', { way: 'tcp' }, undefined],
    ['TLS', { way: 'tls' }, 'tls'],
    ['WebSocket', { way: 'ws' }, 'websocket'],
    ['WebSocket over TLS', { way: 'wss' }, 'websocket'],
    ['UDP over IPv6', { host: '::1' }, 'UDP over IPv6 in dialogs'],
    ['TCP over IPv6', { way: 'tcp', host: '::1' }, undefined],
  ] as const;
  for (const [index, [name, options, capability]] of ways.entries()) {
    const user = `20${index}`;
    itMay(capability, `a phone on ${name} calls: whole dialog, ended by the other side`, async () => {
      const phone = await zone.registered(user, options);
      const { media, incoming, callee, caller } = await calling(phone);
      const { headers } = incoming.request;
      expect(headers.get('x-auth-token')).to.equal(`device-${user}@${accountId}`);
      expect(headers.get('x-auth-ip')).to.equal(phone.channel.seen.host);
      expect(headers.get('x-auth-port')).to.equal(String(phone.channel.seen.port));
      await live(phone, caller, media, callee);
    });

    itMay(capability, `a phone on ${name} is called: whole dialog, ended by the phone`, async () => {
      const other = `22${index}`;
      const phone = await zone.registered(other, options);
      const { media, callee, caller } = await called(phone, other);
      await live(media, caller, phone, callee);
    });
  }

  it('a phone behind a NAT has whole dialogs, though its Contact and Via lead nowhere', async () => {
    const user = '210';
    const phone = await zone.phone(user);
    phone.channel.own = { host: '192.168.7.7', port: 5060 };
    expect((await phone.register()).status).to.equal(200);
    const out = await calling(phone);
    await live(phone, out.caller, out.media, out.callee);
    const into = await called(phone, user);
    await live(into.media, into.caller, phone, into.callee);
  });

  itMay('topology hiding', 'a phone sees no address of a media server, in no message of a call', async () => {
    const user = '211';
    await zone.configure(hiding);
    const phone = await zone.registered(user);
    const out = await calling(phone);
    await live(phone, out.caller, out.media, out.callee);
    const into = await called(phone, user);
    await live(into.media, into.caller, phone, into.callee);
    const fields = { 'X-KAZOO-AOR': `sip:${user}@${realm}`, 'Content-Type': 'text/plain' };
    const message = into.media.ask('MESSAGE', `sip:${user}@${edgeAddress}`, fields, 'hello');
    (await phone.next('MESSAGE')).answer(200);
    expect((await message.final).status).to.equal(200);
    await zone.configure({});
    const seen = phone.wire.join('\n');
    expect(seen).to.include('CSeq: 1 INVITE');
    expect(seen.toLowerCase()).to.include(`remote-party-id: "2000" <sip:2000@${realm}>`);
    expect(seen.match(/.*127\.77\..*/g) ?? []).to.deep.equal([]);
    expect(seen.match(/^(x-kazoo|x-auth|x-fs|x-ecallmgr).*/gim) ?? []).to.deep.equal([]);
  });

  itMay('removal of forged fields', 'what only this cluster may say is taken off a call', async () => {
    const phone = await zone.registered('212');
    const forged = {
      'X-AUTH-Token': 'x',
      'x-ecallmgr_Account-ID': 'x',
      'X-KAZOO-AOR': 'x',
      'X-FS-Core-UUID': 'x',
    };
    const call = phone.invite('2000', forged);
    const { incoming } = await arrived();
    const { headers } = incoming.request;
    expect(headers.getAll('x-auth-token')).to.deep.equal([`device-212@${accountId}`]);
    for (const name of ['x-ecallmgr_account-id', 'x-kazoo-aor', 'x-fs-core-uuid'])
      expect(headers.get(name)).to.equal(undefined);
    incoming.answer(486);
    expect((await call.final).status).to.equal(486);
  });

  it('CANCEL reaches the media server', async () => {
    const phone = await zone.registered('213');
    const call = phone.invite('2000');
    const { phone: media, incoming } = await arrived();
    incoming.answer(180);
    await call.status(180);
    call.cancel();
    (await media.next('CANCEL')).answer(200);
    incoming.answer(487);
    expect((await call.final).status).to.equal(487);
  });

  it('rings all contacts of a user, and calls the rest off', async () => {
    const desk = await zone.registered('214');
    const mobile = await zone.registered('214', { way: 'tcp' });
    const media = zone.media[0].phone;
    const call = media.invite(`sip:214@${edgeAddress}`, { 'X-KAZOO-AOR': `sip:214@${realm}` });
    const atDesk = await desk.next('INVITE');
    const atMobile = await mobile.next('INVITE');
    atDesk.answer(180);
    const callee = mobile.accept(atMobile);
    (await desk.next('CANCEL')).answer(200);
    atDesk.answer(487);
    const caller = await media.answered(call);
    await mobile.next('ACK');
    await live(media, caller, mobile, callee);
  });

  /** A phone behind a proxy is called; gives the proxy and the INVITE that came there. */
  const calledThroughProxy = async (user: string) => {
    const proxy = await zone.phone(user);
    const path = `<sip:${proxy.address};lr>`;
    const answer = await proxy.register({
      Path: path,
      Supported: 'path',
      Contact: `<sip:${user}@192.0.2.5:5060>`,
    });
    expect(answer.status).to.equal(200);
    const media = zone.media[0].phone;
    const call = media.invite(`sip:${user}@${edgeAddress}`, { 'X-KAZOO-AOR': `sip:${user}@${realm}` });
    const incoming = await proxy.next('INVITE');
    incoming.answer(486);
    expect((await call.final).status).to.equal(486);
    return { proxy, invite: incoming.request };
  };

  it('a phone whose REGISTER came through a proxy is called through it, by its own Contact', async () => {
    const { invite } = await calledThroughProxy('215');
    expect(invite.uri).to.match(/^sip:215@192\.0\.2\.5/);
  });

  itMay('Route of a Path', 'that call has the Route which the Path asks for', async () => {
    const { proxy, invite } = await calledThroughProxy('216');
    expect(invite.headers.get('route')).to.include(proxy.address);
  });

  it('a carrier that is trusted calls without a digest, a stranger does not', async () => {
    const carrier = await zone.phone('+15551234567', { realm: 'carrier.example.net', host: '127.5.5.5' });
    const number = `sip:+14155550100@${edgeAddress}`;
    expect((await carrier.invite(number).final).status).to.equal(407);
    await zone.trust({ carrier1: { cidrs: ['127.5.0.0/16'], token: 'resource1@offnet' } });
    await eventually(async () => {
      const call = carrier.invite(number);
      const first = await Promise.race([call.final, call.status(100)]);
      if (first.status !== 100) throw new Error(`the carrier got ${first.status}`);
      const { incoming } = await arrived();
      expect(incoming.request.headers.get('x-auth-token')).to.equal('resource1@offnet');
      expect(incoming.request.headers.get('x-auth-uri-user')).to.equal('+14155550100');
      incoming.answer(603);
      await call.final;
    });
  });
});
