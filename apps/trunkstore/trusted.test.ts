// The trusted addresses: whose they are, how they become networks, and that a change is told.
import { expect } from 'chai';
import type { AppContext } from '../../core/app/index.ts';
import { accountDatabase } from '../../core/couch/index.ts';
import { trustedQuery, trustedReload } from '../../core/messages/trusted.ts';
import { fakeBus, memoryStore, silentLog } from '../../core/testing/index.ts';
import { watchCarriers } from './carriers.ts';
import { createResolver, type Lookup } from './resolver.ts';
import { carrierDocument } from './testing/bench.ts';
import { startTrusted } from './trusted.ts';

const accountId = 'a'.repeat(32);
const account = accountDatabase(accountId);

async function open(lookup: Lookup) {
  const bus = fakeBus();
  const store = memoryStore();
  await store.ensure('offnet', 'offnet');
  await store.ensure('sip_auth', 'sip_auth');
  await store.ensure(account, 'account');
  const log = silentLog();
  const context = { bus, store, log };
  const carriers = watchCarriers(context as unknown as AppContext);
  const edge = bus.peer('edge@test');
  const reloads: (() => void)[] = [];
  await edge.consume(
    { bindings: [{ exchange: 'trusted', key: 'trusted.reload' }], contracts: [trustedReload] },
    () => reloads.splice(0).forEach((tell) => void tell()),
  );
  return {
    store,
    log,
    start: async () => {
      const reloaded = new Promise<void>((resolve) => reloads.push(resolve));
      const trusted = await startTrusted(context as unknown as AppContext, carriers, lookup);
      await reloaded;
      return trusted;
    },
    reloaded: () => new Promise<void>((resolve) => reloads.push(resolve)),
    ask: async () => (await edge.request(trustedQuery, {})).Trusted,
    close: async () => {
      carriers.stop();
      await bus.close();
    },
  };
}

describe('trunkstore: trusted addresses', () => {
  it('lists carriers, PBXs and devices with their tokens, names resolved', async () => {
    const zone = await open(async (host) => (host === 'gw.example' ? ['192.0.2.1', '2001:db8::1'] : []));
    const gateways = [
      { server: 'gw.example' },
      { server: '192.0.2.2', port: 5070, force_port: true },
      { server: 'out.example', inbound_ip: '198.51.100.0/24' },
      { server: '192.0.2.3', enabled: false },
    ];
    const offnet = zone.store.database('offnet');
    await offnet.save(carrierDocument('c1', { gateways }));
    await offnet.save(carrierDocument('c2', { enabled: false }));
    const own = zone.store.database(account);
    await own.save(carrierDocument('r1', { gateways: [{ server: '192.0.2.4' }] }));
    const servers = [
      { auth: { auth_method: 'IP', ip: '192.0.2.5' } },
      { auth: { auth_method: 'password', auth_user: 'u', ip: '192.0.2.6' } },
    ];
    await own.save({ _id: 'p1', pvt_type: 'sys_info', servers } as { _id: string });
    const device = { _id: 'd1', pvt_type: 'device', pvt_account_id: accountId };
    await zone.store
      .database('sip_auth')
      .save({ ...device, sip: { method: 'ip', ip: '192.0.2.7' } } as { _id: string });
    const trusted = await zone.start();
    expect(await zone.ask()).to.deep.equal({
      'c1@offnet/1': { cidrs: ['192.0.2.1/32', '2001:db8::1/128'], token: 'c1@offnet', type: 'resource' },
      'c1@offnet/2': { cidrs: ['192.0.2.2/32'], ports: [5070], token: 'c1@offnet', type: 'resource' },
      'c1@offnet/3': { cidrs: ['198.51.100.0/24'], token: 'c1@offnet', type: 'resource' },
      [`d1@${accountId}`]: { cidrs: ['192.0.2.7/32'], token: `d1@${accountId}`, type: 'device' },
      [`r1@${accountId}/1`]: { cidrs: ['192.0.2.4/32'], token: `r1@${accountId}`, type: 'resource' },
      [`p1@${accountId}/1`]: { cidrs: ['192.0.2.5/32'], token: `p1@${accountId}`, type: 'sys_info' },
    });
    await trusted.stop();
    await zone.close();
  });

  it('lets no account speak for half of the world', async () => {
    const zone = await open(async () => []);
    const own = zone.store.database(account);
    const wide = [{ server: '0.0.0.0/0' }, { server: '::/0' }, { server: '10.0.0.0/8' }, { server: 'x/32' }];
    const narrow = [{ server: '192.0.2.0/24' }, { server: '2001:db8::/64' }];
    await own.save(carrierDocument('r1', { gateways: [...wide, ...narrow] }));
    const servers = [{ auth: { auth_method: 'IP', ip: '0.0.0.0/1' } }];
    await own.save({ _id: 'p1', pvt_type: 'sys_info', servers } as { _id: string });
    const device = { _id: 'd1', pvt_type: 'device', pvt_account_id: accountId };
    await zone.store
      .database('sip_auth')
      .save({ ...device, sip: { method: 'ip', ip: '0.0.0.0/0' } } as { _id: string });
    const trusted = await zone.start();
    expect(Object.keys(await zone.ask())).to.deep.equal([`r1@${accountId}/5`, `r1@${accountId}/6`]);
    await trusted.stop();
    await zone.close();
  });

  it('believes nobody by an address that two accounts claim, and says so once', async () => {
    const other = accountDatabase('b'.repeat(32));
    const zone = await open(async () => []);
    await zone.store.ensure(other, 'account');
    const pbx = (...ips: string[]) =>
      ({
        _id: 'p',
        pvt_type: 'sys_info',
        servers: ips.map((ip) => ({ auth: { auth_method: 'ip', ip } })),
      }) as unknown as { _id: string };
    await zone.store
      .database('offnet')
      .save(carrierDocument('c1', { gateways: [{ server: '203.0.113.1' }] }));
    const provider = carrierDocument('r', { gateways: [{ server: '198.51.100.1' }] });
    await zone.store.database(account).save(pbx('192.0.2.1', '192.0.2.2', '2001:db8::1'));
    await zone.store.database(account).save({ ...provider });
    await zone.store.database(other).save(pbx('192.0.2.0/31', '203.0.113.1', '2001:DB8:0::1', '192.0.2.3'));
    await zone.store.database(other).save({ ...provider });
    const trusted = await zone.start();
    const list = (await zone.ask()) as Record<string, { cidrs: string[]; disputed?: string[] }>;
    const networks = (name: string) => [list[name]?.cidrs, list[name]?.disputed];
    const [a, b] = [`p@${accountId}`, `p@${'b'.repeat(32)}`];
    expect(networks(`${a}/1`)).to.deep.equal([[], ['192.0.2.1/32']]);
    expect(networks(`${b}/1`)).to.deep.equal([[], ['192.0.2.0/31']]);
    expect(networks(`${a}/3`)).to.deep.equal([[], ['2001:db8::1/128']]);
    expect(networks(`${a}/2`), 'not shared').to.deep.equal([['192.0.2.2/32'], undefined]);
    expect(networks(`${b}/2`), 'of a carrier of the cluster').to.deep.equal([[], ['203.0.113.1/32']]);
    expect(networks('c1@offnet/1')).to.deep.equal([['203.0.113.1/32'], undefined]);
    expect(networks(`r@${accountId}/1`), 'a carrier of both').to.deep.equal([['198.51.100.1/32'], undefined]);
    expect(zone.log.at('warn')).to.have.length(1);
    const told = zone.reloaded();
    await zone.store.database(other).remove('p', { hard: true });
    await told;
    const settled = (await zone.ask()) as typeof list;
    expect(settled[`${a}/1`]).to.deep.include({ cidrs: ['192.0.2.1/32'] });
    await trusted.stop();
    await zone.close();
  });

  it('tells when a document changes the list', async () => {
    const zone = await open(async () => []);
    await zone.store.database('offnet').save(carrierDocument('c1', { gateways: [{ server: '192.0.2.1' }] }));
    const trusted = await zone.start();
    const told = zone.reloaded();
    await zone.store.database(account).save({
      _id: 'p',
      pvt_type: 'sys_info',
      servers: [{ auth: { auth_method: 'ip', ip: '192.0.2.9' } }],
    } as {
      _id: string;
    });
    await told;
    expect(Object.keys(await zone.ask())).to.deep.equal(['c1@offnet/1', `p@${accountId}/1`]);
    const toldAgain = zone.reloaded();
    await zone.store.database('offnet').remove('c1', { hard: true });
    await toldAgain;
    expect(Object.keys(await zone.ask())).to.deep.equal([`p@${accountId}/1`]);
    await trusted.stop();
    await zone.close();
  });

  it('keeps a name that cannot be resolved out of the list, without failing the rest', async () => {
    const log = silentLog();
    const resolve = createResolver(log, () => Promise.reject(new Error('no such host')));
    expect(await resolve('gone.example')).to.deep.equal([]);
    expect(await resolve('192.0.2.1')).to.deep.equal(['192.0.2.1/32']);
    expect(log.at('warn')).to.have.length(1);
  });
});
