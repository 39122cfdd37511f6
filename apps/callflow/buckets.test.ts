// Token buckets: they empty, refuse, and fill again with time.
import { expect } from 'chai';
import { Buckets } from './buckets.ts';

describe('token buckets', () => {
  it('empty, refuse without taking, and fill again up to their capacity', () => {
    let now = 0;
    const buckets = new Buckets(() => now);
    const size = { capacity: 10, perSecond: 2 };
    expect(buckets.take('a', 8, size)).to.equal(true);
    expect(buckets.take('a', 3, size)).to.equal(false);
    expect(buckets.take('a', 2, size)).to.equal(true);
    expect(buckets.take('b', 10, size)).to.equal(true);
    now = 1500;
    expect(buckets.take('a', 4, size)).to.equal(false);
    expect(buckets.take('a', 3, size)).to.equal(true);
    now = 1_000_000;
    expect(buckets.take('a', 10, size)).to.equal(true);
    expect(buckets.take('a', 1, size)).to.equal(false);
  });
});
