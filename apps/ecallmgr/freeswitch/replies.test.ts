// The one normaliser of what a switch answers.
import { expect } from 'chai';
import { resultOf, saysGone } from './replies.ts';

describe('answers of the switch', () => {
  it('lose their +OK', () => {
    expect(resultOf('status', '+OK\n')).to.equal('');
    expect(resultOf('originate x', '+OK 8ed5\n')).to.equal('8ed5');
    expect(resultOf('global_getvar x', '/recordings')).to.equal('/recordings');
  });

  for (const text of ['-ERR No such channel!\n', '-ERROR', 'false', '_undef_', '-ERR', '-USAGE: <uuid>'])
    it(`${JSON.stringify(text.trim())} is a failure with a reason`, () => {
      expect(() => resultOf('uuid_x 1', text)).to.throw(/the switch refused uuid_x: ./);
    });

  it('that say the channel is gone are told apart', () => {
    for (const [text, gone] of [
      ['-ERR No such channel!', true],
      ['-ERR invalid session id [x]', true],
      ['-ERR nothing plays', false],
    ] as const) {
      let error: unknown;
      try {
        resultOf('x', text);
      } catch (thrown) {
        error = thrown;
      }
      expect(saysGone(error), text).to.equal(gone);
    }
  });
});
