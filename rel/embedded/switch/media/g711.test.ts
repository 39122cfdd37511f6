// G.711 tables: known points, round trips, transcoding.
import { expect } from 'chai';
import { G711, transcodingFrom } from './g711.ts';

describe('g711', () => {
  it('has the values of the standard at its ends and at silence', () => {
    expect([0x00, 0x80, 0xff, 0x7f].map((byte) => G711.PCMU.decode[byte])).to.deep.equal([
      -32124, 32124, 0, 0,
    ]);
    expect([0xaa, 0x2a, 0xd5, 0x55].map((byte) => G711.PCMA.decode[byte])).to.deep.equal([
      32256, -32256, 8, -8,
    ]);
    expect([G711.PCMU.silence, G711.PCMA.silence]).to.deep.equal([0xff, 0xd5]);
  });

  for (const codec of [G711.PCMU, G711.PCMA]) {
    it(`${codec.name}: every code comes back`, () => {
      for (let byte = 0; byte < 256; byte++) {
        const sample = codec.decode[byte]!;
        expect(codec.decode[codec.encode[sample & 0xffff]!], `code ${byte}`).to.equal(sample);
      }
    });

    it(`${codec.name}: no sample is further from its code than half a step`, () => {
      for (let sample = -32768; sample <= 32767; sample += 7) {
        const error = Math.abs(codec.decode[codec.encode[sample & 0xffff]!]! - sample);
        expect(error, `sample ${sample}`).to.be.at.most(Math.max(16, Math.abs(sample) / 30));
      }
    });
  }

  it('transcodes within the coarser of the two steps', () => {
    for (let byte = 0; byte < 256; byte++) {
      const sample = G711.PCMU.decode[byte]!;
      const there = G711.PCMA.decode[transcodingFrom('PCMU')[byte]!]!;
      expect(Math.abs(there - sample)).to.be.at.most(Math.max(16, Math.abs(sample) / 15));
    }
  });
});
