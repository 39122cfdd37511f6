// Legs that talk to each other over real sockets: play, digits, bridge, hold, echo, conference, eavesdropping, recording.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { newFrame } from './frame.ts';
import {
  createMixer,
  type DtmfDigit,
  type LegOptions,
  MediaError,
  type MediaLeg,
  openLeg,
  openSource,
  ToneMeter,
} from './index.ts';
import { ticker } from './ticker.ts';

const LONG = 3000;
const tone = (hertz: number, ms = 60_000) => `tone_stream://%(${ms},0,${hertz})`;

describe('MediaLeg', function () {
  this.timeout(10_000);
  const legs: MediaLeg[] = [];
  /** A leg of ours and the phone at its far end, which is a leg too. */
  const call = async (options: LegOptions = {}, phoneOptions: LegOptions = {}) => {
    const [leg, phone] = await Promise.all([openLeg(options), openLeg(phoneOptions)]);
    legs.push(leg, phone);
    phone.applyAnswer(leg.negotiate(phone.createOffer()));
    return { leg, phone };
  };
  const hears = (leg: MediaLeg, ...frequencies: number[]) => leg.detectTone({ frequencies }, LONG);
  const doesNotHear = async (leg: MediaLeg, ...frequencies: number[]) =>
    expect(await leg.detectTone({ frequencies }, 200), `${frequencies} at ${leg.localPort}`).to.equal(false);
  const digitsOf = (leg: MediaLeg) => {
    const digits: DtmfDigit[] = [];
    leg.on('dtmf', (digit) => digits.push(digit));
    return digits;
  };
  /** Resolves after so many ticks of the clock that carries all media. */
  const ticks = async (leg: MediaLeg, count: number) =>
    expect(await leg.detectTone({ frequencies: [3999] }, count * 20)).to.equal(false);

  afterEach(async () => {
    await Promise.all(legs.splice(0).map((leg) => leg.close()));
  });

  it('plays, to the end, so often, until a digit, until stopped', async () => {
    const { leg, phone } = await call();
    const heard = hears(phone, 440, 480);
    expect(await leg.play('tone_stream://%(200,100,440,480)')).to.deep.equal({
      reason: 'done',
      playedMs: 300,
    });
    expect(await heard).to.equal(true);
    expect((await leg.play(tone(440, 100), { loops: 3 })).playedMs).to.equal(300);
    const ended = leg.play('local_stream://x', { terminators: '#1' });
    await phone.sendDtmf('21', 60);
    expect(await ended).to.include({ reason: 'dtmf', digit: '1' });
    const [first, second] = [leg.play(tone(440)), leg.play(tone(480))];
    expect((await first).reason).to.equal('stopped');
    await hears(phone, 480);
    leg.stopPlay();
    expect((await second).reason).to.equal('stopped');
    expect(leg.playing).to.equal(false);
  });

  it('tells that there is nothing to play, and goes on', async () => {
    const { leg } = await call();
    const error = await leg.play('/none.wav').catch((e: MediaError) => e.code);
    expect(error).to.equal('media_not_found');
    expect((await leg.play(await openSource('silence_stream://40'))).reason).to.equal('done');
  });

  it('sends digits as events, or as tones where there are none', async () => {
    const { leg, phone } = await call();
    const digits = digitsOf(leg);
    await phone.sendDtmf('09*D', 60);
    await ticks(leg, 4);
    expect(digits.map(({ digit }) => digit).join('')).to.equal('09*D');
    expect(digits[0]).to.deep.equal({ digit: '0', durationMs: 60, via: 'rtp' });

    const plain = await openLeg({ inbandDtmf: true });
    const other = await openLeg();
    legs.push(plain, other);
    const offer = other
      .createOffer()
      .replace(/ 101\r\n/, '\r\n')
      .replace(/^a=(rtpmap|fmtp):101.*\r\n/gm, '');
    other.applyAnswer(plain.negotiate(offer));
    const tones = digitsOf(plain);
    await other.sendDtmf('1#', 100);
    await ticks(plain, 10);
    expect(tones.map(({ digit, via }) => digit + via)).to.deep.equal(['1inband', '#inband']);
    expect(await leg.sendDtmf('x').catch((e: MediaError) => e.code)).to.equal('bad_argument');
  });

  it('bridges µ-law with A-law, tones and digits both ways, and lets go', async () => {
    const a = await call({}, { codecs: ['PCMU'] });
    const b = await call({}, { codecs: ['PCMA'] });
    a.leg.bridgeTo(b.leg);
    expect([a.leg.bridgedTo, b.leg.bridgedTo]).to.deep.equal([b.leg, a.leg]);
    const playing = [a.phone.play(tone(1000)), b.phone.play(tone(1500))];
    expect(await Promise.all([hears(b.phone, 1000), hears(a.phone, 1500)])).to.deep.equal([true, true]);
    const digits = digitsOf(b.phone);
    await a.phone.sendDtmf('5');
    a.leg.injectDtmf('6');
    while (digits.length < 2) await once(b.phone, 'dtmf');
    expect(digits.map(({ digit }) => digit)).to.deep.equal(['5', '6']);
    a.leg.unbridge();
    await ticks(a.leg, 8);
    await doesNotHear(b.phone, 1000);
    for (const { phone } of [a, b]) phone.stopPlay();
    await Promise.all(playing);
  });

  it('holds: music to the one, nothing of it to the other', async () => {
    const [a, b] = [await call(), await call()];
    a.leg.bridgeTo(b.leg);
    void a.phone.play(tone(1000));
    void b.phone.play(tone(1500));
    await hears(b.phone, 1000);
    await a.leg.hold(tone(700));
    expect(await hears(a.phone, 700)).to.equal(true);
    await ticks(a.leg, 8);
    await doesNotHear(b.phone, 1000);
    a.leg.unhold();
    expect(await Promise.all([hears(b.phone, 1000), hears(a.phone, 1500)])).to.deep.equal([true, true]);
    const c = await call();
    await b.leg.hold(null);
    b.leg.bridgeTo(c.leg);
    expect([await hears(c.phone, 1500), b.leg.held, a.leg.bridgedTo]).to.deep.equal([true, false, undefined]);
  });

  it('plays into a bridge and goes back to it', async () => {
    const [a, b] = [await call(), await call()];
    a.leg.bridgeTo(b.leg);
    void b.phone.play(tone(1500));
    await hears(a.phone, 1500);
    const announced = hears(a.phone, 700);
    await a.leg.play(tone(700, 300));
    expect(await announced).to.equal(true);
    await ticks(a.leg, 8);
    expect(await hears(a.phone, 1500)).to.equal(true);
  });

  it('sees the far end hold, and sends nothing to one that wants nothing', async () => {
    const { leg, phone } = await call();
    const events: boolean[] = [];
    leg.on('remoteHold', (held) => events.push(held));
    for (const direction of ['sendonly', 'sendonly', 'sendrecv', 'inactive'] as const)
      phone.applyAnswer(leg.negotiate(phone.createOffer({ direction })));
    expect(events).to.deep.equal([true, false, true]);
    const before = leg.stats().packetsOut;
    await ticks(leg, 5);
    expect(leg.stats().packetsOut).to.equal(before);
  });

  it('echoes, parks, mutes', async () => {
    const { leg, phone } = await call();
    void phone.play(tone(1000));
    leg.echo(true);
    expect(await hears(phone, 1000)).to.equal(true);
    leg.setAudioLevel('read', 'mute');
    await ticks(leg, 8);
    await doesNotHear(phone, 1000);
    leg.setAudioLevel('read', 0);
    expect(await hears(phone, 1000)).to.equal(true);
    leg.park();
    await ticks(leg, 8);
    await doesNotHear(phone, 1000);
  });

  it('mixes: everybody hears all others, not himself; mute, deaf, relate, announcements, who talks', async () => {
    const calls = await Promise.all([call(), call(), call()]);
    const [a, b, c] = calls as [(typeof calls)[0], (typeof calls)[0], (typeof calls)[0]];
    const mixer = createMixer();
    const talking: string[] = [];
    const [ma, mb, mc] = calls.map(({ leg }) => leg.joinMixer(mixer));
    mixer.on('talking', (member, on) => talking.push(`${member === ma ? 'a' : 'other'}:${on}`));
    void a.phone.play(tone(1000));
    expect(await Promise.all([hears(b.phone, 1000), hears(c.phone, 1000)])).to.deep.equal([true, true]);
    await doesNotHear(a.phone, 1000);
    expect(talking).to.deep.equal(['a:true']);
    expect(ma!.energy).to.be.above(1000);

    void b.phone.play(tone(1500));
    expect(await hears(c.phone, 1000, 1500)).to.equal(true);
    expect(await hears(a.phone, 1500)).to.equal(true);
    mixer.relate(mc!, mb!, 'nohear');
    await ticks(a.leg, 8);
    expect(await hears(c.phone, 1000)).to.equal(true);
    mixer.relate(mc!, mb!, 'clear');
    ma!.settings.mute = true;
    await ticks(a.leg, 8);
    expect(await hears(c.phone, 1500)).to.equal(true);
    mb!.settings.deaf = true;
    const [all, done] = [hears(b.phone, 700), mb!.play(tone(700, 300))];
    expect([await all, (await done).reason]).to.deep.equal([true, 'done']);
    mb!.settings.mute = true;
    await ticks(a.leg, 8);
    const announced = hears(c.phone, 850);
    expect((await mixer.play(tone(850, 300))).reason).to.equal('done');
    expect(await announced).to.equal(true);
    const waiting = mixer.play(tone(850));
    mixer.close();
    expect((await waiting).reason).to.equal('stopped');
    expect(mixer.members.size).to.equal(0);
  });

  it('eavesdrops: hears both, and is heard by whom it shall', async () => {
    const [a, b, spy] = [await call(), await call(), await call()];
    a.leg.bridgeTo(b.leg);
    void a.phone.play(tone(1000));
    void b.phone.play(tone(1500));
    spy.leg.eavesdrop(a.leg);
    expect(await hears(spy.phone, 1000, 1500)).to.equal(true);
    void spy.phone.play(tone(2000));
    await ticks(a.leg, 8);
    expect(await hears(a.phone, 1500)).to.equal(true);
    spy.leg.eavesdrop(a.leg, 'whisper');
    expect(await hears(a.phone, 1500, 2000)).to.equal(true);
    await ticks(a.leg, 8);
    expect(await hears(b.phone, 1000)).to.equal(true);
    spy.leg.eavesdrop(a.leg, 'full');
    expect(await hears(b.phone, 1000, 2000)).to.equal(true);
    await spy.leg.close();
    await ticks(a.leg, 8);
    expect(await hears(b.phone, 1000)).to.equal(true);
  });

  it('records a bridged call in stereo', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'media-'));
    try {
      const [a, b] = [await call(), await call({}, { codecs: ['PCMA'] })];
      a.leg.bridgeTo(b.leg);
      void a.phone.play(tone(1000));
      void b.phone.play(tone(1500));
      await Promise.all([hears(b.phone, 1000), hears(a.phone, 1500)]);
      const path = join(folder, 'call.wav');
      const recording = await a.leg.record(path, { sides: 'stereo', limitMs: 600 });
      expect(await a.leg.record(path).catch((e: MediaError) => e.code)).to.equal('bad_argument');
      expect(await recording.finished).to.include({ reason: 'limit', ms: 600 });
      expect(a.leg.recordings.size).to.equal(0);
      const source = await openSource(path);
      const [both, frame] = [new ToneMeter([1000, 1500]), newFrame()];
      while (source.read(frame)) both.push(frame);
      expect(both.heardMs).to.be.above(400);
      const last = await a.leg.record(path, { sides: 'read' });
      await a.leg.close();
      expect((await last.finished).reason).to.equal('closed');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('ends everything when it closes, and frees the clock', async () => {
    const [a, b] = [await call(), await call()];
    a.leg.bridgeTo(b.leg);
    const pending = [
      a.leg.play(tone(700)).then(({ reason }) => reason),
      a.leg.detectTone({ frequencies: [99] }, 1e9),
    ];
    const digits = a.leg.sendDtmf('wwww1');
    const closed = once(a.leg, 'closed');
    await Promise.all([a.leg.close(), a.leg.close()]);
    await Promise.all([closed, digits]);
    expect(await Promise.all(pending)).to.deep.equal(['stopped', false]);
    expect([a.leg.closed, b.leg.bridgedTo]).to.deep.equal([true, undefined]);
    expect((await a.leg.play(tone(700))).reason).to.equal('stopped');
    expect(() => b.leg.bridgeTo(a.leg)).to.throw(MediaError);
    await Promise.all(legs.map((leg) => leg.close()));
    expect(ticker.running).to.equal(false);
  });
});
