// Two ecallmgr on one switch, one of which dies: the other goes on with its calls, and nobody notices.
import { expect } from 'chai';
import { endpointOf, Live, type Message, type Phone } from '../testing/live.ts';
import type { Member } from '../testing/pair.ts';
import { beatsOf, bypassed, settledEnds } from '../testing/watching.ts';

const tone = (ms: number, hz: number): string => `tone_stream://%(${ms},0,${hz})`;

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
  const ends = (messageId: string): Message[] =>
    live.bus.named('CHANNEL_EXECUTE_COMPLETE').filter((it) => it['Msg-ID'] === messageId);
  const ownerOf = (callId: string): Member =>
    named('route_req', callId)[0]?.['Node'] === one.node ? one : two;
  const otherOf = (member: Member): Member => (member === one ? two : one);
  const tookOver = (survivor: Member): Promise<unknown> =>
    live.until('the takeover', () => survivor.log.find(({ message }) => /took over/.test(message)));

  /** The one who controls a call dies; resolves with who is left, at once. */
  async function ownerDies(callId: string): Promise<Member> {
    const owner = ownerOf(callId);
    await owner.kill();
    return otherOf(owner);
  }

  it('while it is bridged: it goes on, is commanded as before, and each leg is recorded once', async () => {
    const call = await live.answered(alice);
    const bridge = await live.send(call.id, 'bridge', { Endpoints: [endpointOf(bob)] });
    const peer = await bob.incoming();
    peer.answer();
    await live.event('CHANNEL_BRIDGE', call.id);
    const survivor = await ownerDies(call.id);
    const died = performance.now();
    await tookOver(survivor);
    expect(performance.now() - died).to.be.within(2_000, 6_000);
    const heard = peer.hears(1100, 3000);
    await call.sing(1100, 1200);
    expect(await heard, 'they talk').to.equal(true);
    // Nothing rings anew: the bridge that runs is the one that is awaited.
    await live.run(call.id, 'set', { 'Custom-Channel-Vars': { Late: 'yes' }, 'Insert-At': 'now' });
    expect(ends(bridge)).to.have.length(0);
    await peer.send('BYE');
    expect(await live.completed(bridge)).to.include({ 'Application-Name': 'bridge', Node: survivor.node });
    const next = await live.run(call.id, 'play', { 'Media-Name': tone(200, 440) });
    expect(next).to.include({ 'Application-Response': 'FILE PLAYED' });
    await live.end(call.id);
    expect(named('report', call.id)).to.have.length(1);
    expect(named('report', peer.id)).to.have.length(1);
    expect(named('report', call.id)[0]?.['Custom-Channel-Vars']).to.include({ Late: 'yes' });
    expect(named('usurp_control', call.id)).to.have.length(1);
  }).timeout(30_000);

  it('while it is recorded: the recording goes on, and its end is told once with what it is for', async () => {
    const call = await live.answered(alice);
    const id = `202611-${process.pid}${Date.now()}`;
    await live.run(call.id, 'record_call', {
      'Record-Action': 'start',
      'Media-Name': `${id}.wav`,
      'Media-Recording-ID': id,
      'Recording-Variables': { Name: 'talk' },
    });
    await live.event('RECORD_START', call.id);
    await ownerDies(call.id);
    // Nobody has taken the call over yet.
    await call.hangup();
    const stopped = await live.event('RECORD_STOP', call.id);
    expect(stopped['Recording']).to.deep.include({ ID: id, Name: 'talk' });
    await live.event('report', call.id);
    expect(named('RECORD_STOP', call.id)).to.have.length(1);
  }).timeout(30_000);

  for (const [when, early] of [
    ['after', false],
    ['before', true],
  ] as const)
    it(`while it is bridged past the switch, which ends ${when} another has it: nobody is rung again`, async () => {
      const call = await live.answered(alice);
      const fields = { Endpoints: [endpointOf(bob)], Media: 'bypass' };
      const bridge = await live.send(call.id, 'bridge', fields);
      const peer = await bob.incoming();
      peer.answer();
      await bypassed(live, call.id);
      const survivor = await ownerDies(call.id);
      if (early) await peer.send('BYE');
      await tookOver(survivor);
      if (!early) {
        await live.run(call.id, 'set', { 'Custom-Channel-Vars': { Late: 'yes' }, 'Insert-At': 'now' });
        expect(ends(bridge)).to.have.length(0);
        await peer.send('BYE');
      }
      const end = await live.completed(bridge);
      expect(end).to.include({ 'Application-Response': 'SUCCESS', Node: survivor.node });
      await live.end(call.id);
      expect(ends(bridge)).to.have.length(1);
    }).timeout(30_000);

  it('while it plays: nothing is played twice, and what waits in the queue follows', async () => {
    const call = await live.answered(alice);
    const first = await live.send(call.id, 'play', { 'Media-Name': tone(6_000, 440) });
    const began = performance.now();
    const second = await live.send(call.id, 'play', { 'Media-Name': tone(500, 880) });
    const last = await live.send(call.id, 'noop');
    expect(await call.hears(440)).to.equal(true);
    await tookOver(await ownerDies(call.id));
    expect(await call.hears(440), 'it still plays').to.equal(true);
    await live.completed(first);
    expect(performance.now() - began, 'not from the beginning').to.be.within(5_500, 8_000);
    expect(await call.hears(880)).to.equal(true);
    await live.completed(last);
    expect([first, second, last].map((id) => ends(id).length)).to.deep.equal([1, 1, 1]);
    await live.end(call.id);
  }).timeout(30_000);

  it('while it plays what ends before anybody took over: the end is told, and the next follows', async () => {
    const call = await live.answered(alice);
    const first = await live.send(call.id, 'play', { 'Media-Name': tone(1_500, 440) });
    const second = await live.send(call.id, 'play', { 'Media-Name': tone(500, 880) });
    expect(await call.hears(440)).to.equal(true);
    await ownerDies(call.id);
    expect(await live.completed(first)).to.include({ 'Application-Response': 'FILE PLAYED' });
    expect(await call.hears(880)).to.equal(true);
    await live.completed(second);
    expect(await call.hears(440, 300), 'the first is not played again').to.equal(false);
    await live.end(call.id);
  }).timeout(30_000);

  it('while a phone rings: it goes on ringing, once, and the call is put through', async () => {
    const call = await live.call(alice);
    const bridge = await live.send(call.id, 'bridge', { Endpoints: [endpointOf(bob)], Timeout: 30 });
    const ringing = await bob.incoming();
    ringing.respond(180);
    await live.event('CHANNEL_PROGRESS', ringing.id);
    const survivor = await ownerDies(call.id);
    await tookOver(survivor);
    ringing.answer();
    await live.event('CHANNEL_BRIDGE', call.id, (it) => it['Node'] === survivor.node);
    await live.end(call.id);
    await live.event('report', ringing.id);
    expect(named('report', ringing.id)).to.have.length(1);
    expect(ends(bridge).length).to.be.at.most(1);
  }).timeout(30_000);

  it('between a command and its owner: what came to nobody is run by who takes over, digits and all', async () => {
    const call = await live.answered(alice);
    await ownerDies(call.id);
    const late = await live.send(call.id, 'play', { 'Media-Name': tone(500, 660) });
    await call.leg.sendDtmf('5');
    await live.completed(late);
    await live.event('DTMF', call.id, (it) => it['DTMF-Digit'] === '5');
    expect(new Set(named('DTMF', call.id).map((it) => it['Msg-ID'])).size).to.equal(1);
    await live.end(call.id);
  }).timeout(30_000);

  it('before anybody had taken the call: it is routed by who takes over', async () => {
    live.route = { Method: 'none' };
    const phoned = await alice.call('2000', {
      headers: { 'X-AUTH-Token': 'dev1@acc1', 'X-AUTH-IP': '10.0.0.9' },
    });
    await live.event('route_req', phoned.id);
    const survivor = await ownerDies(phoned.id);
    live.route = { Method: 'park' };
    await live.event('route_win', phoned.id, (it) => it['Node'] === survivor.node);
    await live.run(phoned.id, 'answer');
    await live.end(phoned.id);
  }).timeout(30_000);

  it('after the end, before it was told: it is recorded once', async () => {
    const call = await live.answered(alice);
    await ownerDies(call.id);
    await call.send('BYE');
    const report = await live.event('report', call.id);
    expect(report).to.include({ 'Hangup-Cause': 'NORMAL_CLEARING', 'Account-ID': 'acc1' });
    expect(named('CHANNEL_DESTROY', call.id)).to.have.length(1);
    expect(named('report', call.id)).to.have.length(1);
  }).timeout(30_000);

  it('after the end, which it could not tell because the broker was away: another tells it, once', async () => {
    const call = await live.answered(alice);
    const peer = await live.bridged(call.id, bob);
    const owner = ownerOf(call.id);
    live.bus.miss(owner.bus);
    await peer.send('BYE');
    await call.send('BYE');
    await live.until('both to wait', () =>
      owner.log.filter(({ message }) => /waits for the broker/.test(message)).length > 1 ? true : undefined,
    );
    // The other has seen it live, and relies on it.
    await beatsOf(live, owner.node, 4);
    expect(live.bus.named('report').filter((it) => it['Node'] !== owner.node)).to.deep.equal([]);
    const survivor = await ownerDies(call.id);
    const told = (id: string): Message | undefined =>
      named('report', id).find((it) => it['Node'] === survivor.node);
    for (const { id } of [call, peer])
      expect(await live.until('the report', () => told(id), 20_000)).to.include({
        'Account-ID': 'acc1',
        'Hangup-Cause': 'NORMAL_CLEARING',
      });
    await settledEnds(live);
    expect(live.bus.named('report')).to.have.length(2);
  }).timeout(40_000);

  it('not really: one that could not be heard for a while lets go of what it lost', async () => {
    const call = await live.answered(alice);
    const owner = ownerOf(call.id);
    owner.hold(true);
    const survivor = otherOf(owner);
    await tookOver(survivor);
    owner.hold(false);
    await live.until('the return', () => owner.log.find(({ message }) => /was given up/.test(message)));
    const played = await live.run(call.id, 'play', { 'Media-Name': tone(300, 440) });
    expect(played).to.include({ Node: survivor.node });
    await live.end(call.id);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(named('report', call.id)).to.have.length(1);
    expect(named('report', call.id)[0]).to.include({ Node: survivor.node });
  }).timeout(30_000);

  it('not, but is told to end: another goes on at once', async () => {
    const call = await live.answered(alice);
    const peer = await live.bridged(call.id, bob);
    const waiting = await live.send(call.id, 'play', { 'Media-Name': tone(200, 440) });
    const owner = ownerOf(call.id);
    const told = performance.now();
    await owner.drain();
    const survivor = otherOf(owner);
    await tookOver(survivor);
    expect(performance.now() - told).to.be.below(2_500);
    await owner.stop();
    expect(ends(waiting)).to.have.length(0);
    await peer.send('BYE');
    expect(await live.completed(waiting)).to.include({ Node: survivor.node });
    await live.end(call.id);
    expect(named('report', call.id)).to.have.length(1);
    expect(named('report', peer.id)).to.have.length(1);
  }).timeout(30_000);
});
