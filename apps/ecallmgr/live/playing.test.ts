// What a caller hears: media, tones, speech, seeking, breaking off, and playing into a bridge.
import { expect } from 'chai';
import { Live, type Phone } from '../testing/live.ts';

const tone = (hertz: number, ms = 10_000): string => `tone_stream://%(${ms},0,${hertz})`;

describe('playing with a switch', () => {
  let live: Live;
  let alice: Phone;
  let bob: Phone;

  before(async () => {
    live = await Live.open();
    alice = await live.target.phone('alice');
    bob = await live.target.phone('bob');
  });
  afterEach(() => live.clear());
  after(() => live.close());

  it('ends what plays by playstop, by break and by a terminator', async () => {
    const call = await live.answered(alice);
    for (const how of ['playstop', 'break'] as const) {
      const playing = await live.send(call.id, 'play', { 'Media-Name': tone(440) });
      expect(await call.hears(440)).to.equal(true);
      await live.run(call.id, how, { 'Insert-At': 'now' });
      expect((await live.completed(playing))['Application-Name']).to.equal('play');
    }
    const playing = await live.send(call.id, 'play', { 'Media-Name': tone(440), Terminators: ['#'] });
    expect(await call.hears(440)).to.equal(true);
    await call.leg.sendDtmf('1#');
    expect((await live.completed(playing))['DTMF-Digit']).to.equal('#');
    await live.end(call.id);
  });

  it('plays again and again, and without end until it is stopped', async () => {
    const call = await live.answered(alice);
    const twice = await live.run(call.id, 'play', { 'Media-Name': tone(600, 200), 'Loop-Count': 2 });
    expect(twice['Application-Name']).to.equal('play');
    const endless = await live.send(call.id, 'play', {
      'Media-Name': tone(700, 200),
      'Endless-Playback': true,
    });
    expect(await call.hears(700)).to.equal(true);
    expect(await call.hears(700)).to.equal(true);
    await live.run(call.id, 'playstop', { 'Insert-At': 'now' });
    await live.completed(endless);
    await live.end(call.id);
  });

  it('seeks within a recording', async () => {
    const call = await live.answered(alice);
    // Two seconds of one tone and then another one, recorded to have a file that can be sought in.
    const recording = live.run(call.id, 'record', {
      'Media-Name': 'seek',
      'Time-Limit': 5,
      'Silence-Threshold': 0,
    });
    await live.event('RECORD_START', call.id);
    await call.sing(500, 2500);
    await call.sing(1000, 3000);
    await recording;
    const playing = await live.send(call.id, 'play', { 'Media-Name': 'seek' });
    expect(await call.hears(500)).to.equal(true);
    await live.run(call.id, 'playseek', { 'Insert-At': 'now', Direction: 'fastforward', Duration: 3000 });
    expect(await call.hears(1000, 1000)).to.equal(true);
    await live.run(call.id, 'playseek', { 'Insert-At': 'now', Direction: 'rewind', Duration: 10_000 });
    expect(await call.hears(500, 1000)).to.equal(true);
    await live.run(call.id, 'playstop', { 'Insert-At': 'now' });
    await live.completed(playing);
    await live.end(call.id);
  }).timeout(20_000);

  it('plays tones, says numbers and speaks a text', async () => {
    const call = await live.answered(alice);
    const tones = await live.send(call.id, 'tones', {
      Tones: [{ Frequencies: [800], 'Duration-ON': 300, 'Duration-OFF': 100, Repeat: 2 }],
    });
    expect(await call.hears(800)).to.equal(true);
    expect(await live.completed(tones)).to.include({ 'Application-Response': 'FILE PLAYED' });
    const said = await live.run(call.id, 'say', {
      Language: 'en-us',
      Type: 'number',
      Method: 'pronounced',
      'Say-Text': '42',
    });
    expect(said['Application-Name']).to.equal('say');
    const spoken = await live.run(call.id, 'tts', { Text: `It's 5 o'clock | $${'{uuid}'}`, Voice: 'male' });
    expect(spoken['Application-Name']).to.equal('tts');
    expect((await live.end(call.id))['Hangup-Cause']).to.equal('NORMAL_CLEARING');
  });

  it('plays into a bridge, to either side or to both', async () => {
    const call = await live.answered(alice);
    const other = await live.bridged(call.id, bob);
    const sides = { A: [call, other], B: [other, call] } as const;
    for (const [leg, [hears, hearsNot]] of Object.entries(sides)) {
      const heard = [hears.hears(900, 3000), hearsNot.hears(900, 1500)];
      await live.run(call.id, 'play', { 'Media-Name': tone(900, 1000), Leg: leg, 'Insert-At': 'now' });
      expect(await Promise.all(heard), `leg ${leg}`).to.deep.equal([true, false]);
    }
    const both = [call.hears(1200), other.hears(1200)];
    await live.run(call.id, 'play', { 'Media-Name': tone(1200, 1000), Leg: 'Both', 'Insert-At': 'now' });
    expect(await Promise.all(both)).to.deep.equal([true, true]);
    const talked = other.hears(500);
    await call.sing(500, 1000);
    expect(await talked, 'the two still talk').to.equal(true);
    await live.end(call.id);
  }).timeout(20_000);

  it('echoes until it is broken off, and holds with music', async () => {
    const call = await live.answered(alice);
    const echo = await live.send(call.id, 'echo');
    const heard = call.hears(1300);
    await call.sing(1300, 1500);
    expect(await heard).to.equal(true);
    await live.run(call.id, 'break', { 'Insert-At': 'now' });
    expect((await live.completed(echo))['Application-Name']).to.equal('echo');
    const hold = await live.send(call.id, 'hold', { 'Hold-Media': tone(700) });
    expect(await call.hears(700)).to.equal(true);
    await live.run(call.id, 'playstop', { 'Insert-At': 'now' });
    expect((await live.completed(hold))['Application-Name']).to.equal('hold');
    await live.end(call.id);
  });
});
