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

describe('a leg that was sent to a number, with two ecallmgr', () => {
  it('is routed though the one that has it dies before anybody has taken it', async () => {
    const { live, one, two } = await Live.openPair();
    try {
      const call = await live.answered(await live.target.phone('alice'));
      const owner = (await live.event('route_req', call.id))['Node'];
      const [dead, survivor] = one.node === owner ? [one, two] : [two, one];
      const other = await live.bridged(call.id, await live.target.phone('bob'));
      live.answers = false;
      const sent = {
        'Transfer-Type': 'blind',
        'Transfer-To': '2005',
        'Transfer-Leg': 'bleg',
        'Insert-At': 'now',
      };
      await live.send(call.id, 'transfer', sent);
      const asked = (node: string): Promise<unknown> =>
        live.event(
          'route_req',
          other.id,
          (it) => String(it['Request']).startsWith('2005@') && it['Node'] === node,
        );
      await asked(dead.node);
      await dead.kill();
      live.answers = true;
      await asked(survivor.node);
      await live.event('route_win', other.id, (it) => it['Node'] === survivor.node);
      await live.run(other.id, 'play', { 'Media-Name': 'tone_stream://%(100,0,440)' });
      for (const { id } of [call, other]) await live.end(id);
    } finally {
      await live.close();
    }
  }).timeout(40_000);
});
