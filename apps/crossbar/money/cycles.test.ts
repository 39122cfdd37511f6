// Periods begin where calendars say.
import { expect } from 'chai';
import { fromGregorian, gregorian } from '../../../core/couch/index.ts';
import { cycleAt, cycles } from './cycles.ts';

describe('cycles', () => {
  const at = (text: string) => gregorian(new Date(text));
  for (const [cycle, from, to] of [
    ['minutely', '2026-02-11T10:20:00Z', '2026-02-11T10:21:00Z'],
    ['hourly', '2026-02-11T10:00:00Z', '2026-02-11T11:00:00Z'],
    ['daily', '2026-02-11T00:00:00Z', '2026-02-12T00:00:00Z'],
    ['weekly', '2026-02-09T00:00:00Z', '2026-02-16T00:00:00Z'],
    ['monthly', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'],
  ] as const)
    it(`of ${cycle}`, () => {
      expect(cycleAt(cycle, at('2026-02-11T10:20:30Z'))).to.deep.equal({ from: at(from), to: at(to) });
    });

  it('hold every moment, and begin at their own beginning', () => {
    for (const cycle of cycles)
      for (let n = 0; n < 50; n += 1) {
        const moment = gregorian(new Date(Date.UTC(2026, 0, 1) + n * 987_654_321));
        const { from, to } = cycleAt(cycle, moment);
        expect(moment, `${cycle} ${fromGregorian(moment).toISOString()}`).to.be.within(from, to - 1);
        expect(cycleAt(cycle, from)).to.deep.equal({ from, to });
      }
  });
});
