// Calls on two switches: who wants to talk to somebody on the other one is brought there.
import { expect } from 'chai';
import type { Target } from '../../../test/conformance/eventsocket/target.ts';
import { Live, type Message, type Phone, type PhoneCall } from '../testing/live.ts';

const talks = async (from: PhoneCall, to: PhoneCall): Promise<boolean> => {
  const heard = to.hears(1100, 3000);
  await from.sing(1100, 1200);
  return heard;
};

for (const ecallmgrs of [1, 2] as const)
  describe(`calls on two switches, ${ecallmgrs === 1 ? 'of one ecallmgr' : 'each with its own ecallmgr'}`, () => {
    let live: Live;
    let there: Target;
    let alice: Phone;
    let bob: Phone;

    before(async () => {
      ({ live, there } = await Live.openTwo(ecallmgrs));
      alice = await live.target.phone('alice');
      bob = await there.phone('bob');
    });
    afterEach(() => live.clear());
    after(() => live.close());

    const reports = (): Message[] => live.bus.named('report');

    for (const answered of [true, false])
      it(`a call that waits is picked up from the other switch, by one ${answered ? 'answered' : 'not answered'} yet`, async () => {
        const waiting = await live.answered(alice);
        await live.send(waiting.id, 'hold');
        const caller = answered ? await live.answered(bob) : await live.call(bob);
        const pickup = await live.send(caller.id, 'call_pickup', {
          'Target-Call-ID': waiting.id,
          'Unbridged-Only': true,
        });
        const joined = await live.event('CHANNEL_BRIDGE', waiting.id);
        await live.event('CHANNEL_BRIDGE', caller.id);
        await caller.response(200);
        expect(await talks(caller, waiting), 'the caller is heard').to.equal(true);
        expect(await talks(waiting, caller), 'who waited is heard').to.equal(true);
        expect(
          live.bus.named('CHANNEL_EXECUTE_COMPLETE').filter((it) => it['Msg-ID'] === pickup),
        ).to.have.length(0);
        // It is commanded as before.
        await live.run(caller.id, 'set', { 'Custom-Channel-Vars': { Late: 'yes' }, 'Insert-At': 'now' });
        await waiting.hangup();
        expect(await live.completed(pickup)).to.include({
          'Application-Name': 'call_pickup',
          'Application-Response': 'SUCCESS',
        });
        await live.end(caller.id);
        const record = await live.event('report', caller.id);
        const own = await live.event('report', waiting.id);
        // The caller's, the one that left for the other switch and the one that arrived there.
        const legs = await live.until('the records of three legs', () => {
          const found = reports().filter((it) => it['Interaction-ID'] === record['Interaction-ID']);
          return found.length === 3 ? found : undefined;
        });
        expect(new Set([...legs, own].map((it) => it['Call-ID'])).size, 'one for each leg').to.equal(4);
        expect(legs.map((it) => it['Account-ID'])).to.deep.equal(['acc1', 'acc1', 'acc1']);
        const arrived = legs.find((it) => it['Call-ID'] === joined['Other-Leg-Call-ID']);
        expect(arrived).to.include({ 'Caller-ID-Number': 'bob' });
      }).timeout(30_000);

    it('the caller who gives up parts the two, on both switches', async () => {
      const waiting = await live.answered(alice);
      await live.send(waiting.id, 'hold');
      const caller = await live.answered(bob);
      await live.send(caller.id, 'call_pickup', { 'Target-Call-ID': waiting.id });
      const joined = await live.event('CHANNEL_BRIDGE', waiting.id);
      await caller.hangup();
      await waiting.request('BYE');
      for (const id of [caller.id, waiting.id, String(joined['Other-Leg-Call-ID'])])
        await live.event('report', id);
    }).timeout(20_000);

    it('a call that is gone, or talks already, is not picked up, and the caller is still there', async () => {
      const caller = await live.answered(bob);
      const refusal = await live
        .run(caller.id, 'call_pickup', { 'Target-Call-ID': 'nobody' })
        .catch((error: Error) => error.message);
      expect(refusal).to.match(/is gone/);
      const talking = await live.answered(alice);
      const carol = await live.target.phone('carol');
      await live.bridged(talking.id, carol);
      const tried = await live.run(caller.id, 'call_pickup', {
        'Target-Call-ID': talking.id,
        'Unbridged-Only': true,
      });
      expect(tried['Application-Response']).not.to.equal('SUCCESS');
      const played = await live.run(caller.id, 'play', { 'Media-Name': 'tone_stream://%(200,0,440)' });
      expect(played['Application-Response']).to.equal('FILE PLAYED');
    }).timeout(20_000);

    it('on one switch nobody is moved', async () => {
      const waiting = await live.answered(alice);
      await live.send(waiting.id, 'hold');
      const carol = await live.target.phone('carol2');
      const caller = await live.answered(carol);
      const pickup = await live.send(caller.id, 'call_pickup', {
        'Target-Call-ID': waiting.id,
        'Unbridged-Only': true,
      });
      expect(await live.event('CHANNEL_BRIDGE', waiting.id)).to.include({ 'Other-Leg-Call-ID': caller.id });
      expect(await talks(caller, waiting)).to.equal(true);
      expect(await talks(waiting, caller)).to.equal(true);
      await waiting.hangup();
      expect(await live.completed(pickup)).to.include({ 'Application-Response': 'SUCCESS' });
      const played = await live.run(caller.id, 'play', { 'Media-Name': 'tone_stream://%(200,0,440)' });
      expect(played['Application-Response']).to.equal('FILE PLAYED');
      await live.end(caller.id);
    }).timeout(20_000);

    it('who joins a conference is brought to the switch that has it, and all hear each other', async () => {
      const name = `room${Date.now()}`;
      const first = await live.answered(alice);
      await live.send(first.id, 'conference', { 'Conference-ID': name, Moderator: true });
      await first.hears(440, 1500);
      const second = await live.call(bob);
      await live.send(second.id, 'conference', { 'Conference-ID': name });
      await second.response(200);
      await live.event('CHANNEL_BRIDGE', second.id);
      expect(await talks(first, second), 'the first is heard').to.equal(true);
      expect(await talks(second, first), 'the second is heard').to.equal(true);
      await second.hangup();
      await live.event('report', second.id);
      await live.end(first.id);
      const refusal = await live.answered(alice);
      const bad = await live
        .run(refusal.id, 'conference', { 'Conference-ID': 'a@b+flags{moderator}' })
        .catch((error: Error) => error.message);
      expect(bad).to.match(/cannot be the name/);
    }).timeout(20_000);
  });
