// Calls that nobody made: originate with each of its applications, and the handshake before the ringing.
import { expect } from 'chai';
import type { MessageFields } from '../../../core/contract/index.ts';
import { originateExecute, originateReady } from '../../../core/messages/dialplan.ts';
import { originateReq, originateUuid } from '../../../core/messages/resource.ts';
import { endpointOf, Live, type Message, type Phone, type PhoneCall } from '../testing/live.ts';

describe('originate with a switch', () => {
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

  const originate = (phone: Phone, fields: Message): Promise<Message> => {
    const leg = { Endpoints: [endpointOf(phone)], Timeout: 10, 'Account-ID': 'acc1' };
    const request: Message = { ...leg, 'Custom-Channel-Vars': { Realm: 'demo.local' }, ...fields };
    return live.bus.request(originateReq, request as MessageFields<typeof originateReq>, { timeout: 9000 });
  };
  const talks = async (from: PhoneCall, to: PhoneCall): Promise<boolean> => {
    const heard = to.hears(1100, 3000);
    await from.sing(1100, 1200);
    return heard;
  };

  it('parks who answers, under control', async () => {
    const asked = originate(bob, { 'Application-Name': 'park', 'Outbound-Call-ID': `parked-${Date.now()}` });
    (await bob.incoming()).answer();
    const made = await asked;
    expect(made).to.include({ 'Event-Category': 'resource', 'Application-Response': 'SUCCESS' });
    const callId = String(made['Call-ID']);
    expect(await live.run(callId, 'play', { 'Media-Name': 'tone_stream://%(100,0,440)' })).to.include({
      'Application-Response': 'FILE PLAYED',
    });
    expect(await live.end(callId)).to.include({ 'Account-ID': 'acc1', 'Call-Direction': 'outbound' });
  });

  it('rings a phone and sends it on to a number, as a click to call does', async () => {
    const asked = originate(bob, { 'Application-Name': 'transfer', 'Application-Data': { Route: '2001' } });
    const answered = await bob.incoming();
    answered.answer();
    const callId = String((await asked)['Call-ID']);
    expect(await live.event('route_req', callId)).to.include({ Request: '2001@demo.local' });
    await live.event('route_win', callId);
    const other = await live.bridged(callId, carol);
    expect(await talks(answered, other)).to.equal(true);
    await live.end(callId);
  });

  it('joins who answers with a call that waits, and without one with the number it was told', async () => {
    const call = await live.answered(alice);
    const joined = originate(bob, { 'Application-Name': 'bridge', 'Existing-Call-ID': call.id });
    const answered = await bob.incoming();
    answered.answer();
    await joined;
    await live.until('the two legs bridged', () =>
      live.bus.named('CHANNEL_BRIDGE').some((it) => [call.id, answered.id].includes(String(it['Call-ID'])))
        ? true
        : undefined,
    );
    expect(await talks(call, answered)).to.equal(true);
    await live.end(call.id);
    const asked = originate(bob, { 'Application-Name': 'bridge', 'Application-Data': { Route: '2001' } });
    (await bob.incoming()).answer();
    const callId = String((await asked)['Call-ID']);
    expect(await live.event('route_req', callId)).to.include({ Request: '2001@demo.local' });
    await live.end(callId);
    const direct = originate(bob, { 'Application-Name': 'bridge', 'Application-Data': endpointOf(carol) });
    const first = await bob.incoming();
    first.answer();
    const second = await carol.incoming();
    second.answer();
    await live.event('CHANNEL_BRIDGE', String((await direct)['Call-ID']));
    await second.hangup();
    await first.request('BYE');
  }).timeout(15_000);

  it('listens to a call', async () => {
    const call = await live.answered(alice);
    const other = await live.bridged(call.id, bob);
    const asked = originate(carol, {
      'Application-Name': 'eavesdrop',
      'Eavesdrop-Call-ID': call.id,
      'Eavesdrop-Mode': 'whisper',
    });
    const ear = await carol.incoming();
    ear.answer();
    await asked;
    expect(await talks(call, ear), 'the caller is heard').to.equal(true);
    expect(await talks(other, ear), 'the callee is heard').to.equal(true);
    const whispered = [call.hears(1100, 3000), other.hears(1100, 2000)];
    await ear.sing(1100, 1200);
    expect(await Promise.all(whispered)).to.deep.equal([true, false]);
    await live.end(call.id);
  }).timeout(20_000);

  it('asks before it rings when it is told to', async () => {
    const asker = await live.bus.consume(
      { addressed: true, bindings: [], contracts: [originateReady, originateUuid] },
      ({ message }) => void ready.push(message),
    );
    const ready: Message[] = [];
    const wanted = `ready-${Date.now()}`;
    const messageId = `handshake-${Date.now()}`;
    await live.bus.publish(
      originateReq,
      {
        'Application-Name': 'park',
        'Originate-Immediate': false,
        'Outbound-Call-ID': wanted,
        Endpoints: [endpointOf(bob)],
      } as MessageFields<typeof originateReq>,
      { messageId, serverId: asker.queue },
    );
    const offer = await live.until('originate_ready', () =>
      ready.find((it) => it['Event-Name'] === 'originate_ready'),
    );
    expect(offer).to.include({ 'Call-ID': wanted, 'Msg-ID': messageId });
    expect(
      bob.calls.some(({ id }) => id === wanted),
      'nobody is rung yet',
    ).to.equal(false);
    await live.bus.send(String(offer['Server-ID']), originateExecute, { 'Call-ID': wanted });
    (await bob.incoming()).answer();
    expect(await live.event('originate_resp', wanted)).to.include({ 'Application-Response': 'SUCCESS' });
    await live.run(wanted, 'noop');
    await asker.stop();
    await live.end(wanted);
  });

  it('says why nobody answered', async () => {
    const asked = originate(bob, { 'Application-Name': 'park' });
    (await bob.incoming()).respond(486);
    expect(await asked).to.include({ 'Event-Category': 'error' });
    expect((await asked)['Error-Message']).to.match(/USER_BUSY/);
    const missing = await originate(bob, {
      'Application-Name': 'bridge',
      'Existing-Call-ID': 'no-such-call',
    });
    expect(missing['Error-Message']).to.match(/no-such-call/);
  });
});
