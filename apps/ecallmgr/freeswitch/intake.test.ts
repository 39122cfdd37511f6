// The bounded queue between reader and handlers.
import { expect } from 'chai';
import { createIntake } from './intake.ts';

describe('the intake of events', () => {
  it('keeps the order, drops what is too much, and says when it has recovered', async () => {
    const seen: number[] = [];
    const dropped: number[] = [];
    await new Promise<void>((onRecovered) => {
      const intake = createIntake<number>({
        limit: 5,
        slice: 2,
        handle: (it) => seen.push(it),
        onDrop: (it) => dropped.push(it),
        onRecovered,
      });
      for (let it = 0; it < 8; it += 1) intake.push(it);
      expect(seen, 'the reader handles nothing itself').to.deep.equal([]);
      expect(intake.waiting).to.equal(5);
    });
    expect(seen).to.deep.equal([0, 1, 2, 3, 4]);
    expect(dropped).to.deep.equal([5, 6, 7]);
  });
});
