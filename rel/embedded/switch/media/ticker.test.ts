// The shared clock: even in the long run, catching up, stopping by itself, and not stopped by a listener's error.
import { performance } from 'node:perf_hooks';
import { expect } from 'chai';
import { Ticker } from './ticker.ts';

describe('ticker', () => {
  const listen = (ticker: Ticker, ticks: number, each: (count: number) => void = () => {}) =>
    new Promise<void>((resolve) => {
      let left = ticks;
      const listener = (count: number) => {
        each(count);
        if (--left > 0) return;
        ticker.remove(listener);
        resolve();
      };
      ticker.add(listener);
    });

  it('is never ahead of the time that has passed, and catches up after a stall', async () => {
    const ticker = new Ticker();
    const start = performance.now();
    let stalled = false;
    await listen(ticker, 15, (count) => {
      expect(performance.now() - start).to.be.at.least(count * 20 - 2);
      if (count !== 3 || stalled) return;
      stalled = true;
      while (performance.now() - start < 160);
    });
    expect(ticker.count).to.equal(15);
    expect(ticker.running).to.equal(false);
  });

  it('skips what nobody wants any more after a long stall, but counts it', async () => {
    const ticker = new Ticker();
    const start = performance.now();
    let calls = 0;
    await listen(ticker, 5, () => {
      calls++;
      if (calls === 2) while (performance.now() - start < 400);
    });
    expect(calls).to.equal(5);
    expect(ticker.count).to.be.at.least(400 / 20 - 10 + 2);
  });

  it('tells of a listener that throws and goes on', async () => {
    const ticker = new Ticker();
    const errors: unknown[] = [];
    ticker.onError = (error) => errors.push(error);
    const bad = () => {
      throw new Error('no');
    };
    ticker.add(bad);
    await listen(ticker, 2);
    ticker.remove(bad);
    expect(errors).to.have.length(2);
    expect(ticker.running).to.equal(false);
  });
});
