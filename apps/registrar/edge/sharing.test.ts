// What the edges of a zone tell each other of their phones, and which of two accounts of a phone is believed.
import { expect } from 'chai';
import type { AppContext } from '../../../core/app/index.ts';
import type { MessageOf } from '../../../core/contract/index.ts';
import type { advertise } from '../../../core/messages/nodes.ts';
import { regFlush, regSuccess } from '../../../core/messages/registration.ts';
import { fakeBus } from '../../../core/testing/index.ts';
import { startAnnouncing } from './announcing.ts';
import type { CredentialStore } from './credentials.ts';
import { type Binding, Location } from './location.ts';
import { Peers } from './peers.ts';

const realm = 'one.org';
const second = 1_000;

/** Registered so many seconds ago for five minutes. */
const binding = (ago: number, more: Partial<Binding> = {}): Binding => ({
  aor: `a@${realm}`,
  username: 'a',
  realm,
  contact: 'sip:a@192.0.2.1:5060',
  key: 'key-a',
  q: 1,
  callId: 'c',
  cseq: 1,
  userAgent: 'Phone/1',
  from: `sip:a@${realm}`,
  to: `sip:a@${realm}`,
  path: '<sip:proxy.example.org;lr>',
  source: { protocol: 'tls', host: '198.51.100.7', port: 40_000 },
  token: 'device@account',
  vars: { 'Authorizing-ID': 'device', 'Account-ID': 'account' },
  granted: 300,
  until: Date.now() + (300 - ago) * second,
  ...more,
});

describe('edge: several of a zone', () => {
  const first = fakeBus({ node: 'edge@1' });
  const buses = [first, first.peer('edge@2')];
  const alive = new Set(['edge@1', 'edge@2']);
  const start = async () =>
    Promise.all(
      buses.map(async (bus, index) => {
        const location = new Location();
        const node = `edge@${index + 1}`;
        const announcing = await startAnnouncing({
          context: { ...bus, bus, node, log: first.log, metrics: first.metrics } as unknown as AppContext,
          location,
          credentials: { flush: () => undefined } as unknown as CredentialStore,
          proxy: () => ({ protocol: 'udp', host: `192.0.2.${index + 1}`, port: 5060 }),
          isAlive: (name) => alive.has(name),
          onChange: () => undefined,
        });
        const save = (it: Binding): void => {
          location.save(it);
          announcing.tell(it, 'Registered', true);
        };
        return { location, announcing, save };
      }),
    );
  let edges: Awaited<ReturnType<typeof start>>;
  beforeEach(async () => {
    edges = await start();
    await first.settled();
    first.clear();
  });
  afterEach(() => Promise.all(edges.map(({ announcing }) => announcing.stop())));

  const at = (index: 0 | 1): Binding | undefined => edges[index]?.location.get(`a@${realm}`, 'key-a');
  const told = () => first.named('reg_success').map(({ Status }) => Status);

  it('know of the phones of each other, and at which edge each is', async () => {
    const mine = binding(0);
    edges[0]?.save(mine);
    await first.settled();
    const { owner, until, granted, cseq, ...rest } = at(1) as Binding;
    const { until: _, granted: __, cseq: ___, ...own } = mine;
    expect(rest).to.deep.equal(own);
    expect(owner).to.deep.equal({ node: 'edge@1', host: '192.0.2.1', port: 5060 });
    expect([until - mine.until, granted - 300, cseq].map((it) => Math.abs(it) < 2 * second)).to.deep.equal([
      true,
      true,
      true,
    ]);
    expect(edges[1]?.location.from(mine.source)).to.deep.equal([]);
    expect(at(0)?.owner).to.equal(undefined);
  });

  it('believe the newer account: who was away is told where the phone is now', async () => {
    edges[0]?.location.save(binding(100));
    edges[1]?.save(binding(10));
    await first.settled();
    expect(at(0)?.owner?.node).to.equal('edge@2');
    edges[0]?.location.save(binding(100));
    edges[0]?.announcing.tell(binding(100), 'Registered', false);
    await first.settled();
    expect([at(0)?.owner?.node, at(1)?.owner]).to.deep.equal(['edge@2', undefined]);
  });

  it('forget what has gone elsewhere', async () => {
    edges[0]?.save(binding(10));
    await first.settled();
    const phone = at(1) as Binding;
    edges[1]?.location.remove(phone);
    edges[1]?.announcing.tell(phone, 'Unregistered', false);
    await first.settled();
    expect(at(0)).to.equal(undefined);
  });

  it('tell once what becomes of a phone: the others only when its edge is dead', async () => {
    edges[0]?.save(binding(10));
    await first.settled();
    await first.publish(regFlush, { Realm: realm });
    await first.settled();
    expect([at(0), at(1), told()]).to.deep.equal([undefined, undefined, ['Registered', 'Unregistered']]);
    edges[0]?.save(binding(0));
    await first.settled();
    const phone = at(1) as Binding;
    first.clear();
    edges[1]?.announcing.lose(phone);
    alive.delete('edge@1');
    edges[1]?.announcing.lose(phone);
    await first.settled();
    alive.add('edge@1');
    expect(told()).to.deep.equal(['Unregistered']);
    expect(first.named('reg_success')[0]).to.include({ 'Proxy-IP': '192.0.2.1', 'Registrar-Node': 'edge@1' });
  });

  it('one that starts is told by the others, also of its own phones, when it has lost them', async () => {
    edges[0]?.save(binding(10));
    edges[1]?.save(binding(10, { aor: `b@${realm}`, username: 'b' }));
    await first.settled();
    await edges[0]?.announcing.stop();
    const [again] = await start();
    await first.settled();
    expect(again?.location.get(`a@${realm}`, 'key-a')?.owner).to.equal(undefined);
    expect(again?.location.get(`a@${realm}`, 'key-a')?.contact).to.equal(binding(0).contact);
    expect(again?.location.get(`b@${realm}`, 'key-a')?.owner?.node).to.equal('edge@2');
    await again?.announcing.stop();
  });

  it('take the contacts of a Kamailio as well', async () => {
    const bus = first.peer('kamailio@3');
    const stamp = Math.floor(Date.now() / second);
    const common = { Realm: realm, Username: 'A', 'Event-Timestamp': stamp, Expires: 60 } as const;
    await bus.publish(regSuccess, { ...common, Contact: 'sip:a@192.0.2.9' });
    await bus.publish(regSuccess, {
      ...{ ...common, Contact: 'sip:a@192.0.2.8:5062', 'Source-IP': '192.0.2.8', 'Source-Port': 5062 },
      'Proxy-IP': '192.0.2.3',
    });
    await first.settled();
    const found = edges[0]?.location.find(`a@${realm}`) ?? [];
    expect(found.map(({ contact, owner, source }) => [contact, owner?.node, source.protocol])).to.deep.equal([
      ['sip:a@192.0.2.8:5062', 'kamailio@3', 'udp'],
    ]);
  });
});

describe('edge: heartbeats of the others', () => {
  const beat = (more: Record<string, unknown> = {}) =>
    ({
      Node: 'edge@2',
      Expires: 20_000,
      Startup: 1,
      WhApps: { edge: { Startup: 1 } },
      Roles: { Proxy: { Listeners: { a: { proto: 'udp', address: '[fd00::2]', port: 5060 } } } },
      ...more,
    }) as unknown as MessageOf<typeof advertise>;
  const source = { protocol: 'udp', host: 'fd00::2', port: 5060 };

  it('say who comes, and whose requests are from inside', () => {
    const peers = new Peers('edge@1');
    expect([peers.learn(beat()), peers.learn(beat()), peers.learn(beat({ Startup: 2 }))]).to.deep.equal([
      true,
      false,
      true,
    ]);
    expect([peers.has('edge@2'), peers.has('edge@3')]).to.deep.equal([true, false]);
    expect(peers.isPeer(source)).to.equal(true);
    expect(peers.isPeer({ ...source, port: 5061 })).to.equal(false);
    expect(peers.isPeer({ ...source, protocol: 'tcp' })).to.equal(false);
    // One that drains offers nothing, and still sends.
    peers.learn(beat({ Startup: 2, Roles: {} }));
    expect(peers.isPeer(source)).to.equal(true);
  });

  it('of others than edges of this kind, and of itself, are nothing', () => {
    const peers = new Peers('edge@2');
    expect([peers.learn(beat()), peers.learn(beat({ Node: 'x', WhApps: { kamailio: {} } }))]).to.deep.equal([
      false,
      false,
    ]);
    expect(peers.isPeer(source)).to.equal(false);
  });

  it('that stop are believed, but not while the broker is away', () => {
    let counts = false;
    const peers = new Peers('edge@1', () => counts);
    peers.learn(beat({ Expires: -1 }));
    expect(peers.has('edge@2')).to.equal(true);
    counts = true;
    expect(peers.has('edge@2')).to.equal(false);
  });
});
