// Times and counts as operators write them.
import { expect } from 'chai';
import { countOf, secondsOf } from './durations.ts';

describe('times on the command line', () => {
  it('are seconds, with or without a unit', () => {
    expect(['90', '90s', '15m', '2h', '1d', '0'].map((word) => secondsOf('for', word))).to.deep.equal([
      90, 90, 900, 7_200, 86_400, 0,
    ]);
  });

  it('that cannot be are wrong use', () => {
    for (const word of ['', 'soon', '-5', '1.5h', '5w', '99999999'])
      expect(() => secondsOf('for', word), word).to.throw(/--for is a time/);
    for (const word of ['0', '-1', 'x', '1e3'])
      expect(() => countOf('limit', word), word).to.throw(/--limit/);
    expect(countOf('limit', '20')).to.equal(20);
  });
});
