// An ecallmgr that is alone dies and is started again: it goes on with its calls, and tells the ends of those that are over.
import { expect } from 'chai';
import { endpointOf, Live, type Phone } from '../testing/live.ts';
import type { Member } from '../testing/pair.ts';
import { bypassed, forgotten, settledEnds } from '../testing/watching.ts';

const tone = (ms: number, hz: number): string => `tone_stream://%(${ms},0,${hz})`;

describe('ecallmgr dies, and comes back', () => {
  let live: Live;
  let one: Member;
  let two: Member;
  let alice: Phone;
  let bob: Phone;

  beforeEach(async () => {
    ({ live, one, two } = await Live.openPair());
    await two.stop();
    alice = await live.target.phone('alice');
    bob = await live.target.phone('bob');
  });
  afterEach(async () => {
    await live.clear();
    await live.close();
  });

  const ends = (messageId: string): number =>
    live.bus.named('CHANNEL_EXECUTE_COMPLETE').filter((it) => it['Msg-ID'] === messageId).length;
  const restart = async (): Promise<void> => {
    await one.kill();
    await live.member(one.node);
  };

  it('while it plays: nothing is played twice, and the queue follows', async () => {
    const call = await live.answered(alice);
    const first = await live.send(call.id, 'play', { 'Media-Name': tone(4_000, 440) });
    const began = performance.now();
    const second = await live.send(call.id, 'play', { 'Media-Name': tone(500, 880) });
    expect(await call.hears(440)).to.equal(true);
    await restart();
    await live.completed(first);
    expect(performance.now() - began).to.be.within(3_500, 6_500);
    await live.completed(second);
    expect([ends(first), ends(second)]).to.deep.equal([1, 1]);
    await live.end(call.id);
  }).timeout(30_000);

  it('while it plays what ends meanwhile: its end is told, and it is not played again', async () => {
    const call = await live.answered(alice);
    const first = await live.send(call.id, 'play', { 'Media-Name': tone(500, 440) });
    expect(await call.hears(440)).to.equal(true);
    await one.kill();
    await new Promise((resolve) => setTimeout(resolve, 800));
    const [repeated] = await Promise.all([
      call.hears(440, 2_000),
      live.member(one.node).then(() => live.completed(first)),
    ]);
    expect(repeated, 'heard again').to.equal(false);
    await live.end(call.id);
  }).timeout(30_000);

  it('and so does the one that took over from it, while it plays: it is not played again', async () => {
    const call = await live.answered(alice);
    const first = await live.send(call.id, 'play', { 'Media-Name': tone(6_000, 440) });
    expect(await call.hears(440)).to.equal(true);
    const three = await live.member('ecallmgr@three');
    await one.kill();
    await live.until('the takeover', () => three.log.find(({ message }) => /took over/.test(message)));
    await three.kill();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const [repeated] = await Promise.all([
      call.hears(440, 2_000),
      live.member(one.node).then(() => live.completed(first)),
    ]);
    expect(repeated, 'heard again').to.equal(false);
    await live.end(call.id);
  }).timeout(40_000);

  it('while it is bridged: nobody is rung again', async () => {
    const call = await live.answered(alice);
    const bridge = await live.send(call.id, 'bridge', { Endpoints: [endpointOf(bob)] });
    const peer = await bob.incoming();
    peer.answer();
    await live.event('CHANNEL_BRIDGE', call.id);
    await restart();
    await live.run(call.id, 'noop', { 'Insert-At': 'now' });
    expect(ends(bridge)).to.equal(0);
    await peer.send('BYE');
    await live.completed(bridge);
    await live.end(call.id);
    await live.event('report', peer.id);
  }).timeout(30_000);

  it('after a call that ended meanwhile: both of its legs are recorded as they ended, once', async () => {
    const call = await live.answered(alice);
    const peer = await live.bridged(call.id, bob);
    await one.kill();
    await peer.send('BYE');
    await call.send('BYE');
    await live.member(one.node);
    for (const { id } of [call, peer]) {
      expect(await live.event('report', id)).to.include({
        'Account-ID': 'acc1',
        'Hangup-Cause': 'NORMAL_CLEARING',
        'Switch-Nodename': 'freeswitch@media1',
      });
      await live.event('CHANNEL_DESTROY', id);
    }
    const [report] = live.bus.named('report').filter((it) => it['Call-ID'] === call.id);
    expect(report?.['Custom-Channel-Vars']).to.include({ 'Authorizing-ID': 'dev1', Realm: 'demo.local' });
    expect(report?.['Billing-Seconds']).to.be.a('number');
    await settledEnds(live);
    expect(live.bus.named('report')).to.have.length(2);
  }).timeout(30_000);

  it('and forgets where a call was that is over', async () => {
    await one.kill();
    const forgetting = forgotten(live, 'a call of before');
    await live.member(one.node);
    await forgetting;
  }).timeout(30_000);

  it('while it is bridged past the switch: nobody is rung again, and the end is told', async () => {
    const call = await live.answered(alice);
    const bridge = await live.send(call.id, 'bridge', { Endpoints: [endpointOf(bob)], Media: 'bypass' });
    const peer = await bob.incoming();
    peer.answer();
    await bypassed(live, call.id);
    await restart();
    await live.run(call.id, 'noop', { 'Insert-At': 'now' });
    expect(ends(bridge)).to.equal(0);
    await peer.send('BYE');
    await live.completed(bridge);
    await live.end(call.id);
    await live.event('report', peer.id);
  }).timeout(30_000);
});
