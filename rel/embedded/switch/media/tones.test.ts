// TGML: what is read from it and what it sounds like.
import { expect } from 'chai';
import fc from 'fast-check';
import { ToneMeter } from './detect.ts';
import { MediaError } from './errors.ts';
import { newFrame } from './frame.ts';
import { dtmfTones, parseTones, ToneSource } from './tones.ts';

const lengthOf = (text: string, most = 10_000): number => {
  const source = new ToneSource(parseTones(text));
  const frame = newFrame();
  let frames = 0;
  while (frames < most && source.read(frame)) frames++;
  return frames * 20;
};

describe('tones', () => {
  it('reads what ecallmgr writes', () => {
    expect(parseTones('v=-7;l=2;%(500,100,350,440);%(200,0,620)')).to.deep.equal({
      tones: [
        { onMs: 500, offMs: 100, frequencies: [350, 440], volume: -7, loops: 2 },
        { onMs: 200, offMs: 0, frequencies: [620], volume: -7, loops: 2 },
      ],
      loops: 1,
    });
  });

  it('takes tones that stand together without a semicolon, and DTMF keys', () => {
    expect(parseTones('%(400,200,400,450)%(400,2000,400,450)').tones).to.have.length(2);
    expect(parseTones('d=100;w=20;1#').tones.map((t) => [t.onMs, t.offMs, ...t.frequencies])).to.deep.equal([
      [100, 20, 697, 1209],
      [100, 20, 941, 1477],
    ]);
  });

  it('lasts as long as it says', () => {
    expect(lengthOf('%(2000,4000,440,480)')).to.equal(6000);
    expect(lengthOf('l=3;%(100,100,440)')).to.equal(600);
    expect(lengthOf('L=3;%(100,100,440);%(200,0,480)')).to.equal(1200);
    expect(lengthOf('%(100,100,440);loops=2')).to.equal(400);
    expect(lengthOf('%(100,100,440);loops=-1', 500)).to.equal(10_000);
  });

  it('sounds its frequencies at its volume', () => {
    const frame = newFrame();
    new ToneSource(parseTones('v=-7;%(1000,0,1000)')).read(frame);
    expect(Math.max(...frame)).to.be.within(10_000, 10_300);
    const meter = new ToneMeter([1000], 1);
    expect(meter.push(frame)).to.equal(true);
    expect(new ToneMeter([1200], 1).push(frame)).to.equal(false);
  });

  it('makes keys with pauses', () => {
    const source = dtmfTones('1w2', 100);
    const frame = newFrame();
    let frames = 0;
    while (source.read(frame)) frames++;
    expect(frames * 20).to.equal(160 + 500 + 160);
  });

  it('says what is wrong', () => {
    for (const text of [
      '',
      'v=-7',
      '%(',
      '%(a,b)',
      '%(100,100,5000)',
      '%(-1,0,440)',
      'x=1;%(1,1,440)',
      '%(0,0,440)',
      'l=-1;%(0,0)',
    ])
      expect(() => parseTones(text), text).to.throw(MediaError);
  });

  it('never fails with anything but its own errors, and always ends or sounds', () => {
    const piece = fc.constantFrom(
      '%(',
      ')',
      ',',
      ';',
      '1',
      '100',
      '440',
      'l=',
      'L=',
      'v=',
      '-',
      'loops=',
      '#',
      ' ',
      '%',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        try {
          lengthOf(pieces.join(''), 5);
        } catch (error) {
          if (!(error instanceof MediaError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
