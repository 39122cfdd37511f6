// Who is known, who is overdue, who has left.
import { expect } from 'chai';
import { fakeBus, silentLog } from '../testing/index.ts';
import { joinNodes, KnownNodes } from './nodes.ts';

describe('known nodes', () => {
  let now = 0;
  const known = () => new KnownNodes(() => now);
  const told = (node: string, apps: string[], expires = 20_000) => ({
    Node: node,
    Zone: 'local',
    Version: '0.1.0',
    Expires: expires,
    WhApps: Object.fromEntries(apps.map((app) => [app, {}])),
  });
  beforeEach(() => {
    now = 1_000_000;
  });

  it('are overdue after a quarter more than they promised, and forgotten after ten minutes', () => {
    const nodes = known();
    nodes.learn(told('mirliton@a', ['cdr']));
    now += 25_000;
    expect(nodes.list()).to.deep.include({ ...nodes.list()[0], node: 'mirliton@a', gone: false });
    now += 1;
    expect(nodes.list().map(({ gone }) => gone)).to.deep.equal([true]);
    now += 600_000;
    expect(nodes.list()).to.deep.equal([]);
  });

  it('that say goodbye are forgotten, with their apps that tell of themselves, and nobody else', () => {
    const nodes = known();
    nodes.learn(told('mirliton@a', ['cdr', 'ecallmgr']));
    nodes.learn(told('ecallmgr@a', ['ecallmgr']));
    nodes.learn(told('ecallmgr@b', ['ecallmgr']));
    nodes.learn(told('kamailio@a', ['kamailio']));
    nodes.learn(told('mirliton@a', ['cdr', 'ecallmgr'], 0));
    expect(nodes.list().map(({ node }) => node)).to.deep.equal(['ecallmgr@b', 'kamailio@a']);
  });

  it('a message without what matters changes nothing', () => {
    const nodes = known();
    nodes.learn({ Expires: 5 });
    nodes.learn({ Node: 'x@y' });
    expect(nodes.list()).to.deep.equal([]);
  });

  it('hear of each other, and of each other’s end', async () => {
    const bus = fakeBus({ node: 'mirliton@a' });
    const describe = () => ({ Expires: 0, Zone: 'local', WhApps: { cdr: {} } });
    const a = await joinNodes(bus, silentLog(), describe);
    const b = await joinNodes(bus.peer('mirliton@b'), silentLog(), describe);
    await bus.settled();
    expect(a.known.list().map(({ node }) => node)).to.include('mirliton@b');
    await b.stop();
    await bus.settled();
    expect(a.known.list().map(({ node }) => node)).to.deep.equal(['mirliton@a']);
    await a.stop();
    await bus.close();
  });
});
