// Expressions of customers: the first that fits, the longest group, and neither nonsense nor backtracking does harm.
import { expect } from 'chai';
import { firstMatch } from './expressions.ts';

describe('expressions', () => {
  it('gives the longest group of the first that fits, or the whole match', () => {
    expect(firstMatch(['^9(\\d)$', '^(1)?(\\d+)$'], '4155').match).to.deep.equal({
      text: '4155',
      longest: '4155',
    });
    expect(firstMatch(['^\\*9(\\d)(\\d\\d)$'], '*9123').match).to.deep.equal({
      text: '*9123',
      longest: '23',
    });
    expect(firstMatch(['^\\*97'], '*97').match).to.deep.equal({ text: '*97', longest: '*97' });
    expect(firstMatch(['^(?<box>\\d+)$'], '12').match?.named).to.deep.equal({ box: '12' });
    expect(firstMatch(['^5'], '4').match).to.equal(undefined);
    expect(firstMatch([], '4')).to.deep.equal({ unusable: [] });
  });

  it('leaves out what is no expression, and everything once the time is used up', () => {
    expect(firstMatch(['(', '^4'], '4')).to.deep.equal({
      match: { text: '4', longest: '4' },
      unusable: ['('],
    });
    const slow = '^(\\d+)+x$';
    expect(firstMatch([slow, '^1'], '1'.repeat(40))).to.deep.equal({
      match: { text: '1', longest: '1' },
      unusable: [slow],
    });
  });

  it('does not try one for ever that is too slow', () => {
    const slow = '^(\\d+)+y$';
    for (let round = 0; round < 3; round += 1) firstMatch([slow], '1'.repeat(40));
    // It would fit now, but has used up its chances.
    expect(firstMatch([slow], '1y')).to.deep.equal({ unusable: [slow] });
  }).timeout(10_000);
});
