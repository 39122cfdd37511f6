// Attended transfers by the phones themselves (REFER with Replaces), and who controls whom afterwards, whatever dies meanwhile.
import { expect } from 'chai';
import { edgeHeaders, endpointOf, Live, type Message, type Phone, type PhoneCall } from '../testing/live.ts';
import type { Member } from '../testing/pair.ts';

/** Alice talks to Bob, who holds her and calls Carol: what is needed to join Alice and Carol. */
class Consultation {
  readonly live: Live;
  first!: PhoneCall;
  kept!: PhoneCall;
  consulting!: PhoneCall;
  third!: PhoneCall;
  /** The bridge between Bob's second call and Carol. */
  bridging = '';

  constructor(live: Live) {
    this.live = live;
  }

  async begin(alice: Phone, bob: Phone, carol: Phone): Promise<void> {
    await this.hold(alice, bob);
    await this.consult(bob, carol);
  }

  async hold(alice: Phone, bob: Phone): Promise<void> {
    const { live } = this;
    this.first = await live.answered(alice);
    this.kept = await live.bridged(this.first.id, bob);
    await this.kept.hold(true);
  }

  async consult(bob: Phone, carol: Phone, claimed: () => void = () => undefined): Promise<void> {
    const { live } = this;
    this.consulting = await bob.call('2007', { headers: edgeHeaders });
    await live.event('CHANNEL_CREATE', this.consulting.id);
    claimed();
    await live.event('route_win', this.consulting.id);
    await live.run(this.consulting.id, 'answer');
    this.bridging = await live.send(this.consulting.id, 'bridge', { Endpoints: [endpointOf(carol)] });
    this.third = await carol.incoming();
    this.third.answer();
    await live.event('CHANNEL_BRIDGE', this.consulting.id);
  }

  /** Bob sends Alice to Carol. */
  async transfer(): Promise<void> {
    const { consulting, kept, live } = this;
    const tags = `to-tag=${consulting.dialog?.remoteTag};from-tag=${consulting.dialog?.localTag}`;
    const replaces = encodeURIComponent(`${consulting.id};${tags}`);
    const { host, sipPort } = live.target;
    const target = `<sip:2007@${host}:${sipPort}?Replaces=${replaces}>`;
    const headers = { 'Refer-To': target, 'Referred-By': '<sip:bob@demo.local>' };
    expect((await kept.send('REFER', { headers })).status).to.equal(202);
  }

  async talks(): Promise<boolean> {
    const heard = this.third.hears(1100, 3000);
    await this.first.sing(1100, 1200);
    return heard;
  }

  /** The control queue of the call that is no more commands the one that has come in its place. */
  async commanded(): Promise<boolean> {
    await this.live.run(this.consulting.id, 'play', {
      'Media-Name': 'tone_stream://%(1000,0,700)',
      Leg: 'A',
      'Insert-At': 'now',
    });
    return this.first.hears(700);
  }

  ends(messageId: string): Message[] {
    return this.live.bus.named('CHANNEL_EXECUTE_COMPLETE').filter((it) => it['Msg-ID'] === messageId);
  }

  /** Carol hangs up; every leg leaves its record, and the bridge is told as ended once, if its call outlives it. */
  async end(): Promise<void> {
    const { live, first, third } = this;
    await third.hangup();
    await first.request('BYE');
    for (const { id } of [first, this.kept, this.consulting, third]) {
      await live.event('report', id);
    }
    expect(this.ends(this.bridging).length).to.be.at.most(1);
  }
}

describe('attended transfer by REFER with a switch', () => {
  let live: Live;
  let phones: [Phone, Phone, Phone];

  const prepare = async (opened: Live): Promise<Consultation> => {
    const consultation = await meet(opened);
    await consultation.begin(...phones);
    return consultation;
  };
  const meet = async (opened: Live): Promise<Consultation> => {
    live = opened;
    phones = [
      await live.target.phone('alice'),
      await live.target.phone('bob'),
      await live.target.phone('carol'),
    ];
    return new Consultation(live);
  };
  afterEach(async () => {
    await live.clear();
    await live.close();
  });

  /** The call is transferred, and goes on as if nothing had happened. */
  const isFollowed = async (it: Awaited<ReturnType<typeof meet>>): Promise<void> => {
    await it.transfer();
    expect(await live.event('CHANNEL_REPLACED', it.consulting.id)).to.include({ 'Replaced-By': it.first.id });
    expect(await live.event('CHANNEL_TRANSFEREE', it.first.id)).to.include({ 'Transfer-Type': 'attended' });
    await live.event('report', it.consulting.id);
    await live.event('report', it.kept.id);
    expect(await it.talks()).to.equal(true);
    expect(it.ends(it.bridging), 'the bridge goes on').to.deep.equal([]);
    expect(await it.commanded()).to.equal(true);
    await it.end();
  };

  it('follows a call that replaces the one it controls', async () => {
    const it = await prepare(await Live.open());
    await isFollowed(it);
  }).timeout(40_000);

  it('is the same when the two calls belong to two ecallmgr', async () => {
    const { live: opened, one, two } = await Live.openPair();
    // Of two who live either may claim a call: one is not there yet, then the other does not hear.
    await two.stop();
    const it = await meet(opened);
    const [alice, bob, carol] = phones;
    await it.hold(alice, bob);
    await live.member(two.node);
    one.hold(true);
    await it.consult(bob, carol, () => one.hold(false));
    const owner = (id: string): Promise<Message> => live.event('usurp_control', id);
    expect(await owner(it.first.id)).to.include({ 'Media-Node': one.node });
    expect(await owner(it.consulting.id)).to.include({ 'Media-Node': two.node });
    await isFollowed(it);
  }).timeout(40_000);

  describe('while an ecallmgr dies', () => {
    const tookOver = (survivor: Member): Promise<unknown> =>
      live.until('the takeover', () => survivor.log.find(({ message }) => /took over/.test(message)));

    for (const [when, early] of [
      ['before it is asked for', true],
      ['when it is done', false],
    ] as const)
      it(`${when}: they talk on, nobody is told that the bridge has ended, and every leg is recorded`, async () => {
        const { live: opened, one, two } = await Live.openPair();
        // All legs are to be of one of them.
        await two.stop();
        const it = await prepare(opened);
        const other = await live.member(two.node);
        if (!early) {
          await it.transfer();
          await live.event('report', it.consulting.id);
        }
        await one.kill();
        if (early) await it.transfer();
        await tookOver(other);
        await live.event('report', it.consulting.id);
        await live.event('report', it.kept.id);
        expect(await it.talks()).to.equal(true);
        expect(it.ends(it.bridging), 'the bridge goes on').to.deep.equal([]);
        expect(await it.commanded(), 'the controller goes on').to.equal(true);
        await it.end();
      }).timeout(40_000);
  });
});
