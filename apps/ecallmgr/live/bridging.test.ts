// Bridges: who is rung and when, confirmation, how an attempt ends, parting, holding, and what the legs carry.
import { expect } from 'chai';
import { endpointOf, Live, type Phone, type PhoneCall } from '../testing/live.ts';
import { bypassed } from '../testing/watching.ts';

describe('bridging with a switch', () => {
  let live: Live;
  let alice: Phone;
  let bob: Phone;
  let carol: Phone;

  before(async () => {
    live = await Live.open();
    alice = await live.target.phone('alice');
    bob = await live.target.phone('bob');
    carol = await live.target.phone('carol');
  });
  afterEach(() => live.clear());
  after(() => live.close());

  const talks = async (from: PhoneCall, to: PhoneCall): Promise<boolean> => {
    const heard = to.hears(1100, 3000);
    await from.sing(1100, 1200);
    return heard;
  };

  it('tells why nobody took the call', async () => {
    const call = await live.call(alice);
    for (const [status, cause] of [
      [486, 'USER_BUSY'],
      [480, 'NO_USER_RESPONSE'],
      [404, 'UNALLOCATED_NUMBER'],
      [603, 'CALL_REJECTED'],
    ] as const) {
      const attempt = live.run(call.id, 'bridge', { Endpoints: [endpointOf(bob)] });
      (await bob.incoming()).respond(status);
      expect(await attempt).to.include({
        'Application-Response': cause,
        'Hangup-Cause': cause,
        'Hangup-Code': `sip:${status}`,
      });
    }
    const attempt = live.run(call.id, 'bridge', { Endpoints: [endpointOf(bob, { 'Endpoint-Timeout': 1 })] });
    const ringing = await bob.incoming();
    ringing.respond(180);
    await ringing.request('CANCEL');
    expect((await attempt)['Application-Response']).to.match(/^(NO_ANSWER|ALLOTTED_TIMEOUT)$/);
    await live.end(call.id);
  }).timeout(20_000);

  it('rings one after the other, each for its time', async () => {
    const call = await live.call(alice);
    const attempt = await live.send(call.id, 'bridge', {
      'Dial-Endpoint-Method': 'single',
      Timeout: 10,
      Endpoints: [endpointOf(bob, { 'Endpoint-Timeout': 1 }), endpointOf(carol, { 'Endpoint-Timeout': 5 })],
    });
    const first = await bob.incoming();
    first.respond(180);
    const second = carol.incoming();
    await first.request('CANCEL');
    (await second).answer();
    await live.event('CHANNEL_BRIDGE', call.id, (it) => it['Other-Leg-Call-ID'] !== undefined);
    await call.response(200);
    await call.hangup();
    expect((await live.completed(attempt))['Application-Response']).to.equal('SUCCESS');
  }).timeout(15_000);

  it('rings together, the second a little later, and cancels who was too slow', async () => {
    const call = await live.call(alice);
    const began = Date.now();
    await live.send(call.id, 'bridge', {
      'Dial-Endpoint-Method': 'simultaneous',
      Endpoints: [endpointOf(bob), endpointOf(carol, { 'Endpoint-Delay': 1 })],
    });
    const early = await bob.incoming();
    early.respond(180);
    const late = await carol.incoming();
    expect(Date.now() - began).to.be.above(900);
    late.answer();
    const cancel = await early.request('CANCEL');
    expect(cancel.headers.get('reason')).to.match(/completed elsewhere/i);
    await live.event('CHANNEL_BRIDGE', call.id);
    expect(await talks(call, late)).to.equal(true);
    await late.hangup();
    await live.event('CHANNEL_UNBRIDGE', call.id);
    await live.end(call.id);
  }).timeout(15_000);

  it('connects who confirms with the key, and not who does not', async () => {
    const call = await live.answered(alice);
    const confirmed = (phone: Phone) =>
      endpointOf(phone, {
        'Custom-Channel-Vars': {
          'Confirm-Key': '1',
          'Confirm-File': 'tone_stream://%(300,100,650);loops=2',
          'Confirm-Cancel-Timeout': '2',
        },
      });
    const refused = await live.send(call.id, 'bridge', { Endpoints: [confirmed(bob)], Timeout: 15 });
    const wrong = await bob.incoming();
    wrong.answer();
    expect(await wrong.hears(650)).to.equal(true);
    await wrong.leg.sendDtmf('2');
    expect(await wrong.hears(650), 'the prompt again').to.equal(true);
    await wrong.hangup();
    expect((await live.completed(refused))['Application-Response']).to.not.equal('SUCCESS');
    await live.send(call.id, 'bridge', { Endpoints: [confirmed(bob)], Timeout: 15 });
    const right = await bob.incoming();
    right.answer();
    expect(await right.hears(650)).to.equal(true);
    await right.leg.sendDtmf('1');
    await live.event('CHANNEL_BRIDGE', call.id, (it) => it['Other-Leg-Call-ID'] === right.id);
    expect(await talks(call, right)).to.equal(true);
    await live.end(call.id);
  }).timeout(25_000);

  it('parts the two legs: either one, or both', async () => {
    for (const leg of ['Both', 'A', 'B'] as const) {
      const call = await live.answered(alice);
      const other = await live.bridged(call.id, bob);
      await live.run(call.id, 'unbridge', { Leg: leg, 'Insert-At': 'now' });
      await live.event('CHANNEL_UNBRIDGE', call.id);
      // The leg that was sent away stays, and so does this one: it is under control.
      const stays = leg === 'B' || leg === 'Both' ? other : call;
      expect(await live.run(call.id, 'noop'), `unbridge ${leg}`).to.include({ 'Application-Name': 'noop' });
      const heard = stays === call ? call.hears(800) : Promise.resolve(true);
      if (stays === call) await live.run(call.id, 'play', { 'Media-Name': 'tone_stream://%(500,0,800)' });
      expect(await heard).to.equal(true);
      expect(stays.requests.some(({ method }) => method === 'BYE')).to.equal(false);
      await live.end(call.id);
      if (leg !== 'A') await other.hangup();
      await live.event('report', other.id);
    }
  }).timeout(30_000);

  for (const [who, fields, endpoint] of [
    ['the command', { Media: 'bypass' }, {}],
    ['the endpoint', {}, { 'Bypass-Media': true }],
  ] as const) {
    it(`is over when the phones part, though their media goes past the switch as ${who} wants`, async () => {
      const call = await live.answered(alice);
      const attempt = await live.send(call.id, 'bridge', {
        Endpoints: [endpointOf(bob, endpoint)],
        ...fields,
      });
      const other = await bob.incoming();
      other.answer();
      await bypassed(live, call.id);
      expect(await talks(call, other)).to.equal(true);
      const ends = () => live.bus.named('CHANNEL_EXECUTE_COMPLETE').filter((it) => it['Msg-ID'] === attempt);
      expect(ends(), 'while they talk').to.deep.equal([]);
      expect(live.bus.named('CHANNEL_UNBRIDGE').filter((it) => it['Call-ID'] === call.id)).to.deep.equal([]);
      await other.hangup();
      expect(await live.completed(attempt)).to.include({
        'Application-Name': 'bridge',
        'Application-Response': 'SUCCESS',
        'Hangup-Cause': 'NORMAL_CLEARING',
      });
      expect(await live.run(call.id, 'play', { 'Media-Name': 'tone_stream://%(300,0,800)' })).to.include({
        'Application-Name': 'play',
      });
      await live.end(call.id);
      expect(ends()).to.have.length(1);
    }).timeout(15_000);
  }

  it('tells why a callee did not answer whose early media went past the switch', async () => {
    const call = await live.call(alice);
    const attempt = live.run(call.id, 'bridge', { Media: 'bypass', Endpoints: [endpointOf(bob)] });
    const other = await bob.incoming();
    other.respond(183, { sdp: true });
    await call.response(183);
    await live.event('CHANNEL_BRIDGE', call.id);
    other.respond(486);
    expect(await attempt).to.include({ 'Application-Response': 'USER_BUSY', 'Hangup-Code': 'sip:486' });
    await live.end(call.id);
  });

  it('tells lamps that a phone rings, talks, and no longer does', async () => {
    const call = await live.answered(alice);
    const other = await live.bridged(call.id, bob, {
      Endpoints: [endpointOf(bob, { 'Presence-ID': 'bob@demo.local' })],
    });
    await live.end(call.id);
    await live.event('report', other.id);
    const told = live.bus.named('dialog_update').filter((it) => it['Call-ID'] === other.id);
    expect(told.map((it) => it['State'])).to.deep.equal(['early', 'confirmed', 'terminated']);
    expect(told[0]).to.include({ 'Presence-ID': 'bob@demo.local', Direction: 'recipient', Expires: 0 });
  });

  it('tells that a phone holds, and holds a phone itself', async () => {
    const call = await live.answered(alice);
    const other = await live.bridged(call.id, bob);
    await other.hold(true);
    await live.event('CHANNEL_HOLD', other.id);
    await other.hold(false);
    await live.event('CHANNEL_UNHOLD', other.id);
    await live.run(call.id, 'hold_control', { Action: 'hold', 'Insert-At': 'now' });
    const held = await call.request('INVITE');
    expect(held.body.toString()).to.match(/a=(sendonly|inactive)/);
    await live.event('CHANNEL_HOLD', call.id);
    await live.run(call.id, 'hold_control', { Action: 'unhold', 'Insert-At': 'now' });
    await live.event('CHANNEL_UNHOLD', call.id);
    const offers = () => call.requests.filter(({ method }) => method === 'INVITE');
    const resumed = await call.until('the offer to talk again', () => offers()[1]);
    expect(resumed.body.toString()).not.to.match(/a=(sendonly|inactive)/);
    expect(await talks(call, other)).to.equal(true);
    await live.end(call.id);
  }).timeout(20_000);

  it('hands variables and the privacy of the caller to the legs it makes', async () => {
    const call = await live.call(alice);
    await live.run(call.id, 'set', {
      'Custom-Channel-Vars': { 'CallFlow-ID': 'cf1' },
      'Custom-Application-Vars': { colour: 'red' },
      'Export-All': true,
    });
    await live.run(call.id, 'privacy', { 'Privacy-Mode': 'full' });
    const other = await live.bridged(call.id, bob, {
      'Custom-SIP-Headers': { 'X-Colour': 'red; green' },
      'Outbound-Caller-ID-Name': 'Alice, & Co',
      'Outbound-Caller-ID-Number': '5551234',
    });
    const [invite] = other.requests;
    expect(invite?.headers.get('x-colour')).to.equal('red; green');
    expect(invite?.headers.get('x-auth-token')).to.equal(undefined);
    const created = await live.event('CHANNEL_CREATE', other.id);
    expect(created['Custom-Channel-Vars']).to.include({ 'CallFlow-ID': 'cf1', 'Account-ID': 'acc1' });
    await live.run(call.id, 'fetch', { 'Insert-At': 'now' });
    const data = await live.event('CHANNEL_DATA', call.id);
    expect(data['Custom-Application-Vars']).to.deep.equal({ colour: 'red' });
    await live.run(call.id, 'fetch', { 'From-Other-Leg': true, 'Insert-At': 'now' });
    expect((await live.event('CHANNEL_DATA', other.id))['Call-Direction']).to.equal('outbound');
    await live.end(call.id);
  });
});
