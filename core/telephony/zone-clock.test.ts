// Times in zones: what clocks show, and when they show it, on both sides of the changes of a year.
import { expect } from 'chai';
import { timeInZone, zoneClock } from './zone-clock.ts';

describe('times in zones', () => {
  it('are what clocks show there', () => {
    expect(zoneClock('America/Los_Angeles')?.(Date.UTC(2026, 0, 1))).to.equal('2025-12-31 16:00:00');
    expect(zoneClock('Nowhere/At_All')).to.equal(undefined);
  });

  for (const [zone, shown, utc] of [
    ['UTC', '2026-03-08 10:00', '2026-03-08T10:00'],
    ['America/Los_Angeles', '2026-03-08 01:59', '2026-03-08T09:59'],
    ['America/Los_Angeles', '2026-03-08 03:00', '2026-03-08T10:00'],
    ['America/Los_Angeles', '2026-11-01 00:30', '2026-11-01T07:30'],
    ['America/Los_Angeles', '2026-11-01 02:30', '2026-11-01T10:30'],
    ['Asia/Kathmandu', '2026-06-01 00:00', '2026-05-31T18:15'],
  ] as const)
    it(`show ${shown} in ${zone} at ${utc}Z`, () => {
      expect(timeInZone(zone, shown)?.toISOString()).to.equal(`${utc}:00.000Z`);
    });

  it('are none that no clock shows', () => {
    expect(timeInZone('Nowhere/At_All', '2026-01-01 00:00')).to.equal(undefined);
    expect(timeInZone('UTC', '2026-13-01 00:00')).to.equal(undefined);
  });
});
