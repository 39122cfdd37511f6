// Who tells of itself, and who is taken for gone.
import { expect } from 'chai';
import type { Bus } from '../../../core/amqp/index.ts';
import type { Settings } from '../../../core/config/index.ts';
import { advertise } from '../../../core/messages/nodes.ts';
import { type FakeBus, fakeBus } from '../../../core/testing/index.ts';
import { type Edges, watchEdges } from './edges.ts';

describe('the nodes around an ecallmgr', () => {
  let now: number;
  let bus: FakeBus;
  let own: Bus;
  let edges: Edges;

  beforeEach(async () => {
    now = 0;
    bus = fakeBus({ node: 'ecallmgr@two' });
    own = bus.peer('ecallmgr@one');
    const settings = { zone: 'z', sip: { host: '10.0.0.1', port: 5060 } } as Settings;
    edges = await watchEdges(own, settings, 'ecallmgr@one', () => now);
    await bus.publish(advertise, { Expires: 10_000, WhApps: { ecallmgr: {} }, 'Media-Servers': {} });
    const Roles = { Proxy: { Listeners: [{ proto: 'udp', address: '10.0.0.2', port: 5060 }] } };
    await bus.publish(advertise, { Expires: 10_000, Roles });
    await bus.settled();
  });
  afterEach(async () => {
    await edges.stop();
    await bus.close();
  });

  it('are gone when they say nothing for a quarter longer than promised', () => {
    now = 12_400;
    expect([edges.alone(), edges.address()]).to.deep.equal([false, '10.0.0.2:5060']);
    now = 12_600;
    expect([edges.alone(), edges.address()]).to.deep.equal([true, '10.0.0.1:5060']);
  });

  it('have media servers, each told of when it comes, until nobody tells of it any more', async () => {
    const came: string[] = [];
    edges.onSwitch((address) => came.push(address));
    const media = (url: string) => ({ Interfaces: { sipinterface_1: { URL: url } } });
    for (const url of ['sip:mod_sofia@10.0.0.3:5060', 'sip:mod_sofia@10.0.0.3:5060', 'nothing'])
      await bus.publish(advertise, { Expires: 10_000, 'Media-Servers': { fs: media(url) } });
    await bus.settled();
    expect([came, edges.switches()]).to.deep.equal([['10.0.0.3:5060'], ['10.0.0.3:5060']]);
    expect([edges.trusts('10.0.0.3'), edges.trusts('10.0.0.4')]).to.deep.equal([true, false]);
    now = 12_600;
    expect([edges.trusts('10.0.0.3'), edges.switches()]).to.deep.equal([false, []]);
  });

  it('are not gone because the broker is away, or has just come back', () => {
    const back = bus.miss(own);
    now = 60_000;
    expect(edges.alone(), 'away').to.equal(false);
    back();
    expect([edges.alone(), edges.address()], 'back').to.deep.equal([false, '10.0.0.2:5060']);
  });
});
