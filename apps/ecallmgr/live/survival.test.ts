// Two ecallmgr on one switch, one of which dies: the other goes on with its calls, and nobody notices.
import { expect } from 'chai';
import { Live, type Message, type Phone } from '../testing/live.ts';
import type { Member } from '../testing/pair.ts';

describe('ecallmgr dies, another lives', () => {
  let live: Live;
  let one: Member;
  let two: Member;
  let alice: Phone;
  let bob: Phone;

  beforeEach(async () => {
    ({ live, one, two } = await Live.openPair());
    alice = await live.target.phone('alice');
    bob = await live.target.phone('bob');
  });
  afterEach(async () => {
    await live.clear();
    await live.close();
  });

  const named = (name: string, callId: string): Message[] =>
    live.bus.named(name).filter((it) => it['Call-ID'] === callId);

  /** The one who controls a call dies; resolves with who is left and the milliseconds until it has the call. */
  async function ownerDies(callId: string): Promise<{ survivor: Member; after: number }> {
    const owner = String(named('route_req', callId)[0]?.['Node']) === one.node ? one : two;
    const survivor = owner === one ? two : one;
    await owner.kill();
    const died = performance.now();
    await live.until('the takeover', () => survivor.log.find((it) => /took over/.test(it.message)));
    return { survivor, after: Math.round(performance.now() - died) };
  }

  it('a bridged call goes on, its controller commands it as before, and each leg is recorded once', async () => {
    const call = await live.answered(alice);
    const peer = await live.bridged(call.id, bob);
    const { survivor, after } = await ownerDies(call.id);
    expect(after).to.be.within(2_000, 6_000);
    expect(await call.hears(1100, 0)).to.equal(false);
    await live.run(call.id, 'hangup', { 'Insert-At': 'now' });
    await live.event('report', call.id);
    await live.event('report', peer.id);
    expect(named('report', call.id)).to.have.length(1);
    expect(named('report', peer.id)).to.have.length(1);
    expect(named('report', call.id)[0]).to.include({
      Node: survivor.node,
      'Hangup-Cause': 'NORMAL_CLEARING',
    });
    expect(named('usurp_control', call.id)).to.have.length(1);
  }).timeout(20_000);

  it('a call that ended while nobody owned it is recorded once', async () => {
    const call = await live.answered(alice);
    const owner = String(named('route_req', call.id)[0]?.['Node']) === one.node ? one : two;
    await owner.kill();
    await call.send('BYE');
    const report = await live.event('report', call.id);
    expect(report).to.include({ 'Hangup-Cause': 'NORMAL_CLEARING', 'Account-ID': 'acc1' });
    expect(named('CHANNEL_DESTROY', call.id)).to.have.length(1);
    expect(named('report', call.id)).to.have.length(1);
  }).timeout(20_000);
});
