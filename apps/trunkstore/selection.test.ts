// Choosing carriers: rules, flags, classes, emergencies, and for any carriers the order in which they are tried.
import { expect } from 'chai';
import fc from 'fast-check';
import { classify } from '../../core/telephony/index.ts';
import { type Carrier, chooseCarriers, type Wanted } from './selection.ts';
import { carrierDocument } from './testing/bench.ts';

const carrier = (id: string, fields: object = {}): Carrier => ({
  id,
  global: true,
  document: carrierDocument(id, fields) as unknown as Carrier['document'],
});
const wanting = (number: string, fields: Partial<Wanted> = {}): Wanted => {
  const classifier = classify(number);
  return {
    number,
    classifier,
    emergency: classifier?.emergency === true,
    callerNumber: '',
    flags: [],
    ...fields,
  };
};
const chosen = (carriers: Carrier[], wanted: Wanted) =>
  chooseCarriers(carriers, wanted).choices.map((it) => it.carrier.id);

describe('trunkstore: choosing carriers', () => {
  it('leaves rules out that cannot be used, and names them', () => {
    const { unusable } = chooseCarriers([carrier('bad', { rules: ['('] })], wanting('+14155550199'));
    expect(unusable).to.deep.equal({ bad: ['('] });
  });

  it('wants all flags of the call, and some where a carrier requires them', () => {
    const carriers = [
      carrier('both', { flags: ['fax', 'us'] }),
      carrier('one', { flags: ['fax'] }),
      carrier('ignores', { ignore_flags: true }),
      carrier('requires', { flags: ['fax'], require_flags: true }),
    ];
    expect(chosen(carriers, wanting('+14155550199', { flags: ['fax', 'us'] }))).to.deep.equal([
      'both',
      'ignores',
    ]);
    expect(chosen(carriers, wanting('+14155550199', { flags: ['fax'] }))).to.have.members([
      'both',
      'one',
      'ignores',
      'requires',
    ]);
    expect(chosen(carriers, wanting('+14155550199'))).to.not.include('requires');
  });

  it('goes by the class of the number where a carrier has classifiers', () => {
    const classifiers = {
      did_us: { weight_cost: 5, prefix: '9', suffix: '#' },
      tollfree_us: { enabled: false },
      unknown: { regex: '^\\+(44\\d+)$' },
    };
    const [choice] = chooseCarriers([carrier('c', { classifiers })], wanting('+14155550199')).choices;
    expect(choice).to.include({ number: '4155550199', weight: 5, prefix: '9', suffix: '#' });
    expect(chosen([carrier('c', { classifiers })], wanting('+18005550199'))).to.deep.equal([]);
    const own = chooseCarriers([carrier('c', { classifiers })], wanting('+442079460000')).choices[0];
    expect(own?.number).to.equal('442079460000');
  });

  it('looks at the caller where a carrier has cid_rules', () => {
    const picky = carrier('picky', { cid_rules: ['^\\+1415'] });
    expect(chosen([picky], wanting('+12125550199', { callerNumber: '+14155550100' }))).to.deep.equal([
      'picky',
    ]);
    const { passedOver } = chooseCarriers([picky], wanting('+12125550199', { callerNumber: '+1212' }));
    expect(passedOver).to.deep.equal({ picky: 'cid_rules' });
  });

  it('gateways that are disabled or no SIP are not used', () => {
    const gateways = [
      { server: 'a', enabled: false },
      { server: 'b', endpoint_type: 'freetdm' },
      { server: 'c' },
    ];
    const { choices } = chooseCarriers([carrier('g', { gateways })], wanting('+14155550199'));
    expect(choices[0]?.gateways.map(({ server }) => server)).to.deep.equal(['c']);
    const none = [carrier('n', { gateways: gateways.slice(0, 2) })];
    expect(chooseCarriers(none, wanting('+14155550199')).passedOver).to.deep.equal({ n: 'no_gateway' });
  });

  const anyCarrier = fc.record({
    weight_cost: fc.integer({ min: 0, max: 100 }),
    enabled: fc.boolean(),
    emergency: fc.boolean(),
    flags: fc.subarray(['a', 'b', 'c']),
    require_flags: fc.boolean(),
    rules: fc.constantFrom(['^\\+1'], ['^911$', '^\\+'], ['^\\+44'], []),
    gateway_strategy: fc.constantFrom('sequential', 'random'),
    gateways: fc.uniqueArray(fc.record({ server: fc.domain() }), {
      minLength: 1,
      selector: (it) => it.server,
    }),
  });

  it('for any carriers: each is chosen or passed over once, in order of urgency, weight and name', () => {
    const calls = fc.record({
      documents: fc.array(anyCarrier, { maxLength: 8 }),
      number: fc.constantFrom('+14155550199', '+442079460000', '911'),
      flags: fc.subarray(['a', 'b']),
    });
    fc.assert(
      fc.property(calls, ({ documents, number, flags }) => {
        const carriers = documents.map((fields, index) => carrier(`c${index}`, fields));
        const wanted = wanting(number, { flags });
        const { choices, passedOver } = chooseCarriers(carriers, wanted);
        const ids = [...choices.map((it) => it.carrier.id), ...Object.keys(passedOver)];
        expect(ids.sort()).to.deep.equal(carriers.map(({ id }) => id).sort());
        const rank = choices.map((it) => [it.emergency ? 0 : 1, it.weight, it.carrier.id] as const);
        const sorted = [...rank].sort((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1));
        expect(rank).to.deep.equal(sorted);
        for (const { carrier: one, emergency, gateways } of choices) {
          expect(one.document.enabled).to.not.equal(false);
          expect(emergency && !wanted.emergency).to.equal(false);
          expect(flags.every((flag) => one.document.flags?.includes(flag))).to.equal(true);
          expect(gateways.map((it) => it.server).sort()).to.deep.equal(
            one.document.gateways.map((it) => it.server).sort(),
          );
          if (one.document.gateway_strategy !== 'random')
            expect(gateways).to.deep.equal(one.document.gateways);
        }
      }),
      { numRuns: 60 },
    );
  });
});
