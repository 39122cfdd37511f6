// Tone and DTMF detection: what is there is found, what is not there is not.
import { expect } from 'chai';
import { CED, CNG, DtmfDetector, ToneMeter } from './detect.ts';
import { newFrame } from './frame.ts';
import { dtmfTones, parseTones, ToneSource } from './tones.ts';

/** Frames of speech-like noise: many moving frequencies, none of them for long. */
function* babble(count: number) {
  for (let n = 0; n < count; n++) {
    const frame = newFrame();
    for (let i = 0; i < frame.length; i++) {
      const t = n * frame.length + i;
      for (let k = 1; k <= 6; k++)
        frame[i]! += 1500 * Math.sin((t * k * (180 + 60 * Math.sin(t / 2500))) / 1300);
    }
    yield frame;
  }
}

describe('tone detection', () => {
  for (const [name, frequencies] of [
    ['CNG', [CNG]],
    ['CED', [CED]],
    ['ringback', [440, 480]],
    ['dial tone', [350, 440]],
  ] as const) {
    it(`hears ${name}, and not in speech or silence`, () => {
      const meter = new ToneMeter(frequencies);
      const source = new ToneSource(parseTones(`v=-20;%(200,0,${frequencies.join(',')})`));
      const frame = newFrame();
      let heard = false;
      while (source.read(frame)) heard = meter.push(frame) || heard;
      expect(heard).to.equal(true);
      expect(meter.heardMs).to.equal(200);
      const other = new ToneMeter(frequencies);
      for (const babbled of babble(500)) expect(other.push(babbled)).to.equal(false);
      expect(other.push(newFrame())).to.equal(false);
    });
  }

  it('hears every key once, with its length', () => {
    const digits: [string, number][] = [];
    const detector = new DtmfDetector((digit, durationMs) => digits.push([digit, durationMs]));
    const source = dtmfTones('1234567890*#ABCDw', 100);
    const frame = newFrame();
    while (source.read(frame)) detector.push(frame);
    expect(digits.map(([digit]) => digit).join('')).to.equal('1234567890*#ABCD');
    for (const [, ms] of digits) expect(ms).to.be.within(80, 120);
  });

  it('hears no keys in speech', () => {
    const digits: string[] = [];
    const detector = new DtmfDetector((digit) => digits.push(digit));
    for (const frame of babble(1000)) detector.push(frame);
    expect(digits).to.deep.equal([]);
  });
});
