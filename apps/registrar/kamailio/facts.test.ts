// What a Kamailio is told: media servers, trusted addresses and settings as orders, and only what has changed.
import { expect } from 'chai';
import type { MediaServer } from '../edge/dispatcher.ts';
import { defaults, type EdgeOptions } from '../edge/options.ts';
import type { Entry } from '../edge/trusted.ts';
import { factsOf, type Order, ordersBetween, type Subject } from './facts.ts';

const server = (port: number, more: Partial<MediaServer> = {}): MediaServer => ({
  address: `10.0.0.1:${port}`,
  host: '10.0.0.1',
  port,
  node: `fs${port}`,
  zone: 'here',
  instance: `uuid-${port}`,
  up: false,
  failures: 0,
  heard: 0,
  until: 0,
  ...more,
});

const facts = (given: {
  servers?: MediaServer[];
  trusted?: Entry[];
  dispatcher?: Partial<EdgeOptions['dispatcher']>;
}) =>
  factsOf({
    zone: 'here',
    servers: given.servers ?? [],
    trusted: given.trusted ?? [],
    options: { ...defaults, dispatcher: { ...defaults.dispatcher, ...given.dispatcher } },
  });

const orders = (before: Parameters<typeof facts>[0], after: Parameters<typeof facts>[0]): Order[] =>
  ordersBetween(facts(before), facts(after)).flatMap((it) => it.orders);

describe('what a Kamailio is told', () => {
  it('nothing, when nothing has changed', () => {
    const given = { servers: [server(5060)], trusted: [{ cidrs: ['192.0.2.0/24'], ports: [], token: 't' }] };
    expect(orders(given, given)).to.deep.equal([]);
  });

  it('a media server of this zone in set 1, of another in set 2, with its instance', () => {
    const given = orders({}, { servers: [server(5060), server(5061, { zone: 'there' })] });
    const added = given.filter(([method]) => method === 'dispatcher.add').map(([, set, uri]) => [set, uri]);
    expect(added).to.deep.equal([
      [1, 'sip:10.0.0.1:5060'],
      [2, 'sip:10.0.0.1:5061'],
    ]);
    expect(given).to.deep.include(['htable.sets', 'live', 'instance::uuid-5060', '10.0.0.1']);
  });

  it('of a media server that has gone', () => {
    expect(orders({ servers: [server(5060)] }, {})).to.deep.equal([
      ['dispatcher.remove', 1, 'sip:10.0.0.1:5060'],
      ['htable.delete', 'live', 'instance::uuid-5060'],
    ]);
  });

  it('of a media server that started anew: it is taken out before it is put in again', () => {
    const given = orders({ servers: [server(5060)] }, { servers: [server(5060, { instance: 'new' })] });
    const methods = given.map(([method]) => method).filter((method) => method.startsWith('dispatcher.'));
    expect(methods).to.deep.equal(['dispatcher.remove', 'dispatcher.add']);
  });

  it('nothing to take back of what a bridge that has just started has not heard of yet', () => {
    const before = facts({
      servers: [server(5060)],
      trusted: [{ cidrs: ['192.0.2.1', '198.51.100.0/24'], ports: [], token: 't' }],
    });
    const known = { zone: 'here', servers: [], trusted: undefined, options: defaults };
    const takenBack = (unknown: Subject[]) =>
      ordersBetween(before, factsOf(known), new Set(unknown)).flatMap(({ orders: [first] }) =>
        first?.slice(0, 2),
      );
    expect(takenBack(['servers', 'trusted'])).to.deep.equal([]);
    expect(takenBack(['trusted']))
      .to.include('dispatcher.remove')
      .and.not.to.include('trusted');
    expect(takenBack(['servers']))
      .to.include('trusted')
      .and.not.to.include('dispatcher.remove');
  });

  it('shares in percent by the weights of the nodes', () => {
    const weights = { fs5060: 3, fs5061: 1 };
    const given = orders(
      {},
      { servers: [server(5060), server(5061)], dispatcher: { choice: 'weight', weights } },
    );
    const shares = given.flatMap(([method, ...params]) =>
      method === 'dispatcher.add' ? [/weight=(\d+)/.exec(String(params[4]))?.[1]] : [],
    );
    expect(shares).to.deep.equal(['75', '25']);
  });

  for (const [choice, algorithm] of Object.entries({ hash: 0, round_robin: 4, active: 8, weight: 9 }))
    it(`the way to choose: ${choice}`, () => {
      const start = { dispatcher: { choice: 'none such' } };
      const expected = algorithm === 0 ? [] : [['htable.seti', 'live', 'choice', algorithm]];
      expect(orders(start, { dispatcher: { choice } })).to.deep.equal(expected);
    });

  it('single addresses by themselves and with each port, networks by number', () => {
    const trusted = [
      { cidrs: ['192.0.2.1', '192.0.2.2/32'], ports: [], token: 'a' },
      { cidrs: ['192.0.2.3'], ports: [5060, 5070], token: 'b' },
      { cidrs: ['10.0.0.0/8', '2001:db8::/32'], ports: [5060], token: 'c' },
    ];
    const told = orders({}, { trusted });
    for (const [key, token] of [
      ['192.0.2.1', 'a'],
      ['192.0.2.2', 'a'],
      ['192.0.2.3:5060', 'b'],
      ['192.0.2.3:5070', 'b'],
    ] as const)
      expect(told).to.deep.include(['htable.sets', 'trusted', key, token]);
    expect(told).to.deep.include(['htable.sets', 'network', '0::cidrs', '10.0.0.0/8,2001:db8::/32']);
    expect(told).to.deep.include(['htable.sets', 'network', '0::ports', ',5060,']);
    // The number comes after the networks: none is looked at before it is whole.
    expect(told.at(-1)).to.deep.equal(['htable.seti', 'live', 'networks', 1]);
  });

  it('of an address that two name, the first', () => {
    const trusted = ['first', 'second'].map((token) => ({ cidrs: ['192.0.2.1'], ports: [], token }));
    const told = orders({}, { trusted }).filter(([, table]) => table === 'trusted');
    expect(told).to.deep.equal([['htable.sets', 'trusted', '192.0.2.1', 'first']]);
  });

  it('of an address that is trusted no more', () => {
    const trusted = [{ cidrs: ['192.0.2.1'], ports: [], token: 't' }];
    expect(orders({ trusted }, {})).to.deep.equal([['htable.delete', 'trusted', '192.0.2.1']]);
  });
});
