// Attended transfers by the phones whose two calls are on two switches: what the controllers are told, whatever dies meanwhile.
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { eventually, type Target } from '../../../test/conformance/eventsocket/target.ts';
import { endpointOf, Live, type Message, type PhoneCall } from '../testing/live.ts';
import type { Member } from '../testing/pair.ts';

describe('attended transfer over two switches, with two ecallmgr for both', () => {
  let live: Live;
  let there: Target;
  let members: readonly Member[];
  /** Alice talks to Bob on the first switch, who holds her. */
  let first: PhoneCall;
  let kept: PhoneCall;
  let bridging: string;
  /** Bob talks to Carol on the other one. */
  let consulting: PhoneCall;
  let third: PhoneCall;

  beforeEach(async () => {
    const opened = await Live.openTwoPair();
    ({ live, there } = opened);
    members = [opened.one, opened.two];
    const [alice, bob] = [await live.target.phone('alice'), await live.target.phone('bob')];
    first = await live.answered(alice);
    const endpoint = { ...endpointOf(bob), 'Custom-Channel-Vars': { 'Authorizing-ID': 'dev1' } };
    bridging = await live.send(first.id, 'bridge', { Endpoints: [endpoint] });
    kept = await bob.incoming();
    kept.answer();
    await live.event('CHANNEL_BRIDGE', first.id);
    await kept.hold(true);
    const carol = await there.phone('carol');
    consulting = await live.answered(await there.phone('bob'));
    third = await live.bridged(consulting.id, carol);
  });
  afterEach(async () => {
    await live.clear();
    await live.close();
  });

  /** By the address of the switch that has his other call, or by the address of record. */
  const refer = async (at = `${there.host}:${there.sipPort}`): Promise<void> => {
    const { remoteTag, localTag } = consulting.dialog ?? {};
    const replaces = encodeURIComponent(`${consulting.id};to-tag=${remoteTag};from-tag=${localTag}`);
    const target = `<sip:carol@${at}?Replaces=${replaces}>`;
    const headers = { 'Refer-To': target, 'Referred-By': '<sip:bob@demo.local>' };
    expect((await kept.send('REFER', { headers })).status).to.equal(202);
  };
  /** The status that Bob's phone is told. */
  const outcome = async (): Promise<string> => {
    const told = await kept.until('how it ended', () =>
      kept.requests.find((it) => it.method === 'NOTIFY' && !it.body.toString().includes('100 ')),
    );
    return told.body.toString().trim();
  };
  const hear = async (from: PhoneCall, to: PhoneCall): Promise<void> => {
    const heard = to.hears(1100, 5000);
    await from.sing(1100, 1200);
    expect(await heard).to.equal(true);
  };
  const named = (name: string, callId: string): Message[] =>
    live.bus.named(name).filter((it) => it['Call-ID'] === callId);
  const ends = (messageId: string): Message[] =>
    live.bus.named('CHANNEL_EXECUTE_COMPLETE').filter((it) => it['Msg-ID'] === messageId);
  /** Who has this call dies; resolves when the other has it. */
  const ownerDies = async ({ id }: PhoneCall): Promise<void> => {
    const owner = (await live.event('usurp_control', id))['Media-Node'];
    const [dead, survivor] = members[0]?.node === owner ? members : members.toReversed();
    await dead?.kill();
    await live.until('the takeover', () => survivor?.log.find(({ message }) => /took over/.test(message)));
  };

  /** The two talk, nobody else does, and every leg leaves its record in the account. */
  const joined = async (): Promise<void> => {
    expect(await outcome()).to.equal('SIP/2.0 200 OK');
    await hear(first, third);
    await hear(third, first);
    await third.hangup();
    await first.request('BYE');
    const own = [first, kept, consulting, third].map(({ id }) => id);
    for (const id of own) await live.event('report', id);
    const between = await live.seen('report', (it) => !own.includes(String(it['Call-ID'])));
    expect(between['Account-ID'], 'the leg between the switches').to.equal('acc1');
    expect(named('route_req', first.id), 'she is not sent anywhere again').to.have.length(1);
  };

  it('is done by the switches: who controlled the transferee is told, and lets go', async () => {
    await refer();
    expect(await live.event('CHANNEL_TRANSFEREE', first.id)).to.include({ 'Transfer-Type': 'attended' });
    await joined();
  }).timeout(40_000);

  it('is done as well when the phone names the other call by its address of record', async () => {
    const client = await live.target.client();
    const key = createHash('md5').update(consulting.id).digest('hex');
    const noted = async (): Promise<boolean> =>
      (await client.api(`hash select/mirliton_places/${key}`)).includes(String(there.sipPort));
    await eventually(async () => (await noted()) || undefined);
    await refer('demo.local');
    await joined();
    await eventually(async () => !(await noted()) || undefined);
  }).timeout(40_000);

  it('that fails changes nothing: the transferee is commanded as before, and its bridge ends once', async () => {
    await third.hangup();
    await live.end(consulting.id);
    await refer();
    expect(await outcome()).to.equal('SIP/2.0 403 Forbidden');
    await kept.hold(false);
    await hear(first, kept);
    expect(named('CHANNEL_TRANSFEREE', first.id)).to.deep.equal([]);
    await kept.hangup();
    expect(await live.completed(bridging)).to.include({ 'Application-Response': 'SUCCESS' });
    await live.run(first.id, 'play', { 'Media-Name': 'tone_stream://%(200,0,700)' });
    expect(ends(bridging)).to.have.length(1);
    await live.end(first.id);
  }).timeout(40_000);

  for (const [who, find] of [
    ['transferee', () => first],
    ['consulted call', () => consulting],
  ] as const) {
    it(`goes on though the ecallmgr of the ${who} dies before it is asked for`, async () => {
      await ownerDies(find());
      await refer();
      await joined();
    }).timeout(40_000);

    it(`goes on though the ecallmgr of the ${who} dies in the middle`, async () => {
      const dying = ownerDies(find()).catch((error: Error) => error);
      await refer();
      await dying;
      await joined();
    }).timeout(40_000);
  }
});
