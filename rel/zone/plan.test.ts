// Which apps and stand-ins a zone has, and how they are spread over processes.
import { expect } from 'chai';
import { loadSettings } from '../../core/config/index.ts';
import { appNames, appsOf, loadApps, parseApps } from './apps.ts';
import { missingParts, withAddresses } from './parts.ts';
import { planZone } from './supervised-zone.ts';

describe('the plan of a zone', () => {
  const settings = (overrides: Record<string, unknown> = {}) => loadSettings({ overrides });
  const real = {
    'bus.urls': ['amqp://rabbit'],
    'store.urls': ['http://couch:5984'],
    switches: [{ host: 'fs1' }],
    'edge.kind': 'kamailio',
    'edge.rpc': ['http://edge:5066/rpc'],
  };

  it('has every app under its own name', async function () {
    // It loads them all.
    this.timeout(30_000);
    expect((await loadApps(appNames)).map(({ name }) => name)).to.deep.equal([...appNames]);
  });

  it('has the edge that is chosen', () => {
    expect(appsOf(settings())).to.include('edge').and.not.to.include('kamailio_bridge');
    expect(appsOf(settings(real)))
      .to.include('kamailio_bridge')
      .and.not.to.include('edge');
  });

  it('has a stand-in for each part that the settings do not name', () => {
    expect(missingParts(settings())).to.deep.equal(['broker', 'couch', 'switch', 'sip']);
    expect(missingParts(settings(real))).to.deep.equal([]);
  });

  it('finds the stand-ins of another process at the ports of the settings', () => {
    const found = withAddresses(settings({ 'bus.port': 1, 'store.port': 2, 'switch.port': 3 }));
    expect(found.bus.urls).to.deep.equal(['amqp://guest:guest@127.0.0.1:1']);
    expect(found.store.urls).to.deep.equal(['http://127.0.0.1:2']);
    expect(found.switches).to.deep.equal([{ host: '127.0.0.1', port: 3, password: 'ClueCon' }]);
    expect(found.edge.host).to.equal('127.0.0.1');
    expect(() => withAddresses(settings({ 'store.port': 0 }))).to.throw(
      /where is the couch\? Set store.port/,
    );
  });

  it('reads lists of apps', () => {
    expect(parseApps('ecallmgr, callflow,callflow', [])).to.deep.equal(['callflow', 'ecallmgr']);
    expect(parseApps('none', appNames)).to.deep.equal([]);
    expect(parseApps('all', ['cdr'])).to.deep.equal(['cdr']);
    expect(() => parseApps('callflow,', appNames)).to.throw(/nothing between two commas/);
    expect(() => parseApps('voicemail', appNames)).to.throw(/there is no app voicemail; known are media_mgr/);
  });

  const planOf = (counts: Record<string, number>, more: Record<string, unknown> = {}) =>
    planZone(settings({ node: 'here', ...more }), 'settings.json', {
      counts: new Map(Object.entries(counts)) as never,
      demo: true,
    });

  it('gives each process a name and a metrics port of its own', () => {
    const plan = planOf({ callflow: 2 }, { ...real, 'metrics.port': 9000 });
    expect(plan.map(({ name }) => name)).to.include.members(['callflow@here', 'callflow@here-2', 'cdr@here']);
    expect(plan.map(({ name }) => name)).not.to.include('broker');
    const ports = plan.map(({ args }) => args[args.indexOf('--metrics') + 1]);
    expect(new Set(ports).size).to.equal(plan.length);
    expect(ports[0]).to.equal('9001');
  });

  it('seeds the demo in one process, and stops the stand-ins last', () => {
    const plan = planOf({});
    expect(plan.filter(({ args }) => args.includes('--demo')).map(({ name }) => name)).to.deep.equal([
      'crossbar@here',
    ]);
    expect(plan.filter(({ stopsLast }) => stopsLast).map(({ name }) => name)).to.deep.equal([
      'broker',
      'couch',
      'switch',
      'sip',
    ]);
  });

  it('refuses a second process on one port, and apps with nothing to do', () => {
    expect(() => planOf({ crossbar: 2 })).to.throw(/crossbar listens on one port/);
    expect(() => planOf({ kamailio_bridge: 1 })).to.throw(/nothing to do under these settings/);
  });
});
