// Numbers: E.164, classifiers, formats, dial plans.
import { expect } from 'chai';
import * as numbers from './numbers.ts';

const { applyDialPlan, classify, findE164, formatNumber, isReconcilable, to1Npan, toE164, toNpan } = numbers;

describe('numbers', () => {
  it('brings to E.164 what can be a number', () => {
    const same = [
      '+14155550100',
      '14155550100',
      '4155550100',
      '(415) 555-0100',
      '+1.415.555.0100',
      '0014155550100',
    ];
    for (const number of same) expect(toE164(number), number).to.equal('+14155550100');
    expect(toE164('011 49 30 901820')).to.equal('+4930901820');
    expect(toE164('030 901820', { country: 'DE' })).to.equal('+4930901820');
    expect(toE164('5550100', { areaCode: '415' })).to.equal('+14155550100');
  });

  it('leaves extensions, codes and names alone', () => {
    for (const text of ['1001', '*97', '911', 'alice', 'anonymous', '', '+', '12345678901234567890', 'a-b'])
      expect(toE164(text), text).to.equal(text);
    expect(findE164('1001', { country: 'DE' })).to.equal(undefined);
    expect(isReconcilable('1001')).to.equal(false);
    expect(isReconcilable('+14155550100')).to.equal(true);
  });

  it('formats for an invite', () => {
    expect(toNpan('+14155550100')).to.equal('4155550100');
    expect(to1Npan('4155550100')).to.equal('14155550100');
    expect(toNpan('+4930901820')).to.equal('+4930901820');
    expect(formatNumber('4155550100', 'strip_plus')).to.equal('14155550100');
    expect(formatNumber('4155550100', 'username')).to.equal('4155550100');
  });

  it('knows the classes of Kazoo', () => {
    const expected: Record<string, string> = {
      '18005550100': 'tollfree_us',
      '+19005550100': 'toll_us',
      '911': 'emergency',
      '+18765550100': 'caribbean',
      '4155550100': 'did_us',
      '+4930901820': 'international',
      '1001': 'unknown',
      '*97': 'unknown',
    };
    for (const [number, name] of Object.entries(expected))
      expect(classify(number)?.name, number).to.equal(name);
    expect(classify('911')?.emergency).to.equal(true);
  });

  it('applies a dial plan, and survives a bad one', () => {
    expect(
      applyDialPlan('9123', { system: ['x'], '(': { prefix: '1' }, '^9(\\d{3})$': { prefix: '+1415555' } }),
    ).to.equal('+1415555123');
    expect(applyDialPlan('8', { '^9$': { prefix: '1' } })).to.equal('8');
    expect(applyDialPlan('8')).to.equal('8');
  });
});
