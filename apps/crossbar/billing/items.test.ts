// What items come to: every kind of rate, steps, limits and discounts.
import { expect } from 'chai';
import { type Item, itemsOf, type PlanItem } from './items.ts';
import { addedTo, invoicesOf } from './quote.ts';

describe('items of plans', () => {
  const holdings = (n: number, below = 0) => ({
    own: { devices: { sip_device: n, softphone: 1 } },
    below: { devices: { sip_device: below } },
  });
  const item = (plan: PlanItem, n = 4, key = 'sip_device', below = 0): Item =>
    itemsOf({ devices: { [key]: plan } }, holdings(n, below))[0] as Item;

  for (const [name, plan, n, billable, rate, total] of [
    ['a plain rate', { rate: 2.5 }, 4, 4, 2.5, 10],
    ['no rate', {}, 4, 4, 0, 0],
    ['the rate of the first tier that reaches so far', { rate: 9, rates: { 3: 3, 5: 2 } }, 4, 4, 2, 8],
    ['the plain rate above the last tier', { rate: 9, rates: { 3: 3 } }, 4, 4, 9, 36],
    ['a flat rate', { flat_rate: 20, rate: 9 }, 4, 1, 20, 20],
    ['flat rates by tier', { flat_rates: { 5: 15 }, flat_rate: 20 }, 4, 1, 15, 15],
    ['a minimum', { rate: 1, minimum: 10 }, 4, 10, 1, 10],
    ['a maximum', { rate: 1, maximum: 2 }, 4, 2, 1, 2],
    ['steps', { rate: 1, step: 3 }, 4, 6, 1, 6],
    ['a single discount', { rate: 2, discounts: { single: { rate: 3 } } }, 4, 4, 2, 5],
    ['a discount for each', { rate: 2, discounts: { cumulative: { rate: 0.5, maximum: 3 } } }, 4, 4, 2, 6.5],
    ['cents that do not add up in binary', { rate: 0.1 }, 3, 3, 0.1, 0.3],
  ] as const)
    it(`with ${name}`, () => {
      const { discounts: _, ...found } = item(plan, n);
      expect(found).to.include({ quantity: n, billable, rate, total });
    });

  it('count a whole category but for exceptions, and what is below only when they cascade', () => {
    expect(item({ rate: 1 }, 4, '_all')).to.include({ quantity: 5, name: 'devices' });
    expect(item({ rate: 1, exceptions: ['softphone'] }, 4, '_all')).to.include({ quantity: 4 });
    expect(item({ rate: 1 }, 4, 'sip_device', 6)).to.include({ quantity: 4 });
    expect(item({ rate: 1, cascade: true }, 4, 'sip_device', 6)).to.include({ quantity: 10 });
    expect(item({ as: 'phone' })).to.include({ item: 'phone', name: 'devices/phone' });
  });

  it('say what changed, and what is due at once', () => {
    const plan = { devices: { sip_device: { rate: 2, activation_charge: 10 } } };
    const [invoice] = invoicesOf([{ plan, bookkeeper: undefined }], holdings(4), holdings(3));
    expect(invoice?.summary).to.deep.equal({ today: 10, recurring: 8 });
    expect(invoice?.items[0]?.changes).to.deep.equal({
      type: 'modified',
      difference: { quantity: 1, billable: 1 },
    });
    const [less] = invoicesOf([{ plan, bookkeeper: undefined }], holdings(2), holdings(3));
    expect(less?.summary.today).to.equal(0);
    expect(less && addedTo(less.items[0] as Item)).to.equal(0);
  });
});
