// Blind transfers by the phones themselves (REFER), and who controls whom afterwards.
import { expect } from 'chai';
import { Live, type Phone, type PhoneCall } from '../testing/live.ts';

describe('transfer by REFER with a switch', () => {
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
  const refer = (call: PhoneCall, target: string) =>
    call.send('REFER', { headers: { 'Refer-To': `<${target}>`, 'Referred-By': '<sip:bob@demo.local>' } });

  for (const who of ['callee', 'caller'] as const) {
    it(`routes a call again that its ${who} has sent on blindly`, async () => {
      const call = await live.answered(alice);
      const other = await live.bridged(call.id, bob);
      const [transferor, stays] = who === 'callee' ? [other, call] : [call, other];
      const { host, sipPort } = live.target;
      expect((await refer(transferor, `sip:2005@${host}:${sipPort}`)).status).to.equal(202);
      expect(await live.event('CHANNEL_TRANSFEREE', stays.id)).to.include({ 'Transfer-Type': 'blind' });
      const asked = await live.event('route_req', stays.id, (it) =>
        String(it['Request']).startsWith('2005@'),
      );
      expect(asked['Custom-Channel-Vars']).to.include({ 'Account-ID': 'acc1' });
      await live.event('route_win', stays.id, (it) => it['Msg-ID'] === asked['Msg-ID']);
      // A phone hangs up once it has been told that its peer has been taken over, if the switch has not.
      await live.end(transferor.id);
      const third = await live.bridged(stays.id, carol);
      expect(await talks(stays, third)).to.equal(true);
      await live.end(stays.id);
    }).timeout(20_000);
  }
});
