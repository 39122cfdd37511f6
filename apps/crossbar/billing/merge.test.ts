// Several plans as one: what each strategy makes of items that more than one plan has.
import { expect } from 'chai';
import { type Mergeable, mergedPlans } from './merge.ts';

const phone = (item: object): Mergeable['plan'] => ({ devices: { sip_device: item } });

describe('plans as one', () => {
  const item = (...all: Mergeable[]): unknown => mergedPlans(all)['devices']?.['sip_device'];

  for (const strategy of [undefined, 'simple', 'recursive', 'no such strategy'])
    it(`are laid over each other by priority: ${strategy}`, () => {
      const high = { plan: phone({ rate: 1, minimum: 2 }), strategy, priority: 5 };
      const low = { plan: phone({ rate: 9, maximum: 4, rates: { 3: 3 } }), strategy };
      for (const order of [
        [high, low],
        [low, high],
      ])
        expect(item(...order)).to.deep.equal({ rate: 1, minimum: 2, maximum: 4, rates: { 3: 3 } });
    });

  it('keep categories and items that only one has', () => {
    const other = { plan: { devices: { softphone: { rate: 2 } }, users: { _all: { rate: 3 } } } };
    for (const strategy of ['simple', 'recursive', 'cumulative'])
      expect(
        mergedPlans([
          { plan: phone({ rate: 1 }), strategy },
          { ...other, strategy },
        ]),
      ).to.deep.equal({
        devices: { sip_device: { rate: 1 }, softphone: { rate: 2 } },
        users: { _all: { rate: 3 } },
      });
  });

  it('have nothing of what a later one leaves empty, when that is simple', () => {
    const plans = (strategy: string): Mergeable[] => [
      { plan: phone({ rate: 1, rates: { 3: 3 } }), strategy },
      { plan: phone({ rates: {} }), strategy, priority: 1 },
    ];
    expect(item(...plans('simple'))).to.deep.equal({ rate: 1, rates: {} });
    expect(item(...plans('recursive'))).to.deep.equal({ rate: 1, rates: { 3: 3 } });
  });

  it('add up when they are cumulative', () => {
    const strategy = 'cumulative';
    const low = phone({
      rate: 9,
      rates: { 3: 9, 5: 9 },
      minimum: 2,
      maximum: 7,
      step: 4,
      exceptions: ['a'],
      cascade: true,
      prorate: { additions: false },
      discounts: { cumulative: { maximum: 3, rate: 9 }, single: { rate: 9 } },
    });
    const high = phone({
      rate: 1,
      rates: { 3: 1 },
      minimum: 3,
      exceptions: ['a', 'b'],
      cascade: false,
      prorate: { additions: false, removals: true },
      discounts: { cumulative: { maximum: 4, rate: 1 } },
    });
    expect(item({ plan: high, strategy, priority: 2 }, { plan: low, strategy, priority: 1 })).to.deep.equal({
      rate: 1,
      rates: { 3: 1, 5: 9 },
      minimum: 5,
      step: 4,
      exceptions: ['a', 'b'],
      cascade: true,
      prorate: { additions: false, removals: true },
      discounts: { cumulative: { maximum: 7, rate: 1 }, single: { rate: 9 } },
    });
  });

  it('of a later strategy go over those of one before, whatever their priorities', () => {
    expect(
      item(
        { plan: phone({ rate: 3 }), strategy: 'cumulative' },
        { plan: phone({ rate: 2, step: 2 }), strategy: 'recursive', priority: 50 },
        { plan: phone({ rate: 1, step: 1, minimum: 1 }), priority: 99 },
      ),
    ).to.deep.equal({ rate: 3, step: 2, minimum: 1 });
    expect(mergedPlans([])).to.deep.equal({});
  });
});
