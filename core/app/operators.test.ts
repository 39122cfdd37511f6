// What a process answers operators: pings of its apps, what it runs, its metrics, its log level, its caches.
import { expect } from 'chai';
import { levels } from '../log/index.ts';
import { flushCaches, infoReq, logLevel, pingReq, statsReq } from '../messages/maintenance.ts';
import { createMetrics } from '../metrics/index.ts';
import { type FakeBus, fakeBus, memoryStore, silentLog } from '../testing/index.ts';
import type { RunningApp } from './index.ts';
import { answerOperators, answerPings } from './operators.ts';

describe('answers to operators', () => {
  let bus: FakeBus;
  let flushed: string[];
  const count = { count: 1 };
  const none = { timeout: 30 };
  const stop = async (): Promise<void> => undefined;
  beforeEach(async () => {
    bus = fakeBus({ node: 'mirliton@here' });
    flushed = [];
    const metrics = createMetrics();
    metrics.counter('test_things_total', 'things', ['kind']).inc({ kind: 'a' }, 3);
    const apps = new Map<string, RunningApp>([
      ['well', { stop, info: () => ({ Rooms: 2 }), flush: () => void flushed.push('well') }],
      ['sick', { stop, health: () => ({ ok: false, detail: 'no switch' }) }],
      [
        'broken',
        {
          stop,
          health: () => {
            throw new Error('oh');
          },
        },
      ],
    ]);
    const known = {
      node: 'mirliton@there',
      zone: 'z',
      version: undefined,
      apps: ['cdr'],
      heardAt: Date.now(),
    };
    await answerOperators({
      zone: 'z',
      version: '1.2.3',
      node: 'mirliton@here',
      bus,
      store: memoryStore(),
      metrics,
      log: silentLog(),
      apps: () => apps,
      nodes: () => [{ ...known, gone: true }],
    });
  });
  afterEach(async () => {
    levels.reset();
    await bus.close();
  });

  it('a ping is answered by every app, or by the one that is meant, with its health', async () => {
    const about = { zone: 'z', version: '1.2.3' };
    await answerPings(bus, 'well', about, () => ({ ok: true }));
    await answerPings(bus, 'sick', about, () => ({ ok: false, detail: 'no switch' }));
    const all = await bus.collect(pingReq, {}, { count: 2 });
    expect(all.map(({ App, Healthy }) => [App, Healthy])).to.have.deep.members([
      ['well', true],
      ['sick', false],
    ]);
    const [one] = await bus.collect(pingReq, { App: 'sick' }, count);
    expect(one).to.include({ App: 'sick', Detail: 'no switch', Zone: 'z', Version: '1.2.3' });
    expect(one?.['Process-ID']).to.equal(process.pid);
  });

  it('info tells the apps with their health and facts, and who was heard of', async () => {
    const info = await bus.request(infoReq, {});
    expect(info.Apps).to.deep.equal({
      well: { Healthy: true, Rooms: 2 },
      sick: { Healthy: false, Detail: 'no switch' },
      broken: { Healthy: false, Detail: 'Error: oh' },
    });
    expect(info.Nodes).to.deep.equal([
      { Node: 'mirliton@there', Zone: 'z', Apps: ['cdr'], Age: 0, Gone: true },
    ]);
    expect(info.Bus).to.include({ connected: true });
  });

  it('stats are the metrics that begin so', async () => {
    const { Metrics } = await bus.request(statsReq, { Prefix: 'test_' });
    expect(Metrics).to.deep.equal([
      { Name: 'test_things_total', Help: 'things', Value: 3, Labels: { kind: 'a' } },
    ]);
  });

  it('the log level changes here, for an app that runs here, and goes back', async () => {
    await bus.request(logLevel, { Level: 'debug', App: 'well', 'Call-ID': 'c1', Seconds: 60 });
    expect(levels.wants('debug', 'well', 'c1')).to.equal(true);
    expect(levels.wants('debug', 'well', 'c2')).to.equal(false);
    expect(await bus.collect(logLevel, { Level: 'debug', App: 'elsewhere' }, none)).to.deep.equal([]);
    expect(await bus.collect(logLevel, { Level: 'debug', 'For-Node': 'x@there' }, none)).to.deep.equal([]);
    await bus.request(logLevel, { 'For-Node': 'well@here' });
    expect(levels.wants('debug', 'well', 'c1')).to.equal(false);
  });

  it('caches are flushed of all apps, or where one runs', async () => {
    expect((await bus.request(flushCaches, {})).Detail).to.equal('well, sick, broken');
    expect(await bus.collect(flushCaches, { App: 'elsewhere' }, none)).to.deep.equal([]);
    await bus.request(flushCaches, { App: 'sick' });
    expect(flushed).to.deep.equal(['well']);
  });
});
