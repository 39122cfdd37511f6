// A zone as small as the edge needs it, for tests: a SIP server (embedded, or a real one named in the environment),
// bus and store in memory, one account with three devices, registrar and the edge.
//
// MIRLITON_DRACHTIO=host:controlport:secret  MIRLITON_DRACHTIO_SIP=host:port (UDP and TCP)

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppContext, RunningApp } from '../../../../core/app/index.ts';
import { loadSettings, type Settings, systemConfig } from '../../../../core/config/index.ts';
import { accountDatabase, type Store } from '../../../../core/couch/index.ts';
import { advertise } from '../../../../core/messages/nodes.ts';
import { trustedQuery, trustedReload, trustedReply } from '../../../../core/messages/trusted.ts';
import { type FakeBus, fakeBus, memoryStore } from '../../../../core/testing/index.ts';
import { startSipServer } from '../../../../rel/embedded/sip/index.ts';
import type { Address, Protocol } from '../../../../rel/embedded/sip/stack/index.ts';
import { registrar } from '../../app.ts';
import { edge } from '../app.ts';

export const realm = 'one.example.org';
export const accountId = 'a'.repeat(32);
export const password = 'secret-1001';

export interface Zone {
  readonly bus: FakeBus;
  readonly store: Store;
  readonly settings: Settings;
  sip(protocol: Protocol): Address;
  /** Announces media servers, and waits until all (or `up`) of them take calls. */
  announce(addresses: readonly Address[], up?: number): Promise<void>;
  /** Sets the list of trusted addresses and makes the edge ask for it. */
  trust(list: Record<string, unknown>): Promise<void>;
  /** Stops the edge and starts it again with the same data. */
  restartEdge(): Promise<void>;
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** @param options the `system_config` document `edge`. */
export async function startZone(options: Record<string, unknown> = {}): Promise<Zone> {
  const server = await startServer();
  const data = mkdtempSync(join(tmpdir(), 'edge-'));
  const settings = loadSettings({ overrides: { data, edge: { kind: 'drachtio', ...server.control } } });
  const bus = fakeBus({ node: 'edge@test' });
  const store = await fillStore(options);
  const context = (app: string): AppContext => {
    const own = app === 'edge' ? bus : bus.peer(`${app}@test`);
    const { log, metrics } = bus;
    const config = systemConfig(store, { zone: 'local', node: `${app}@test` });
    return {
      node: `${app}@test`,
      settings,
      store,
      bus: own,
      log,
      metrics,
      systemConfig: config,
    } as unknown as AppContext;
  };
  const running: RunningApp = await registrar.start(context('registrar'));
  const trunkstore = await startTrunkstore(bus);
  const startEdge = async (): Promise<RunningApp> => {
    const app = await edge.start(context('edge'));
    // It is well when it has media servers; these come later here.
    await until(() => !app.health?.().detail?.includes('no SIP server'));
    await server.ready();
    return app;
  };
  let current = await startEdge();
  return {
    bus,
    store,
    settings,
    sip: server.sip,
    announce: async (addresses, up = addresses.length) => {
      await bus.peer('ecallmgr@test').publish(advertise, advertisementOf(addresses));
      await until(() => bus.metrics.value('edge_media_servers') === up);
    },
    trust: async (list) => {
      trunkstore.list = list;
      await bus.publish(trustedReload, {});
      await bus.settled();
    },
    restartEdge: async () => {
      await current.stop();
      current = await startEdge();
    },
    drain: async () => current.drain?.(),
    stop: async () => {
      await current.stop();
      await running.stop();
      await server.stop();
      await bus.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Waits for something that no event tells. */
export async function until(holds: () => boolean, what = 'the expected state'): Promise<void> {
  for (const start = Date.now(); !holds(); ) {
    if (Date.now() - start > 15_000) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function advertisementOf(addresses: readonly Address[]) {
  const servers = addresses.map(({ host, port }, index) => [
    `freeswitch@${index}`,
    {
      'Instance-UUID': `instance-${index}`,
      Interfaces: { sipinterface_1: { URL: `sip:mod_sofia@${host}:${port}` } },
    },
  ]);
  return { Expires: 20_000, Zone: 'local', 'Media-Servers': Object.fromEntries(servers) };
}

async function startTrunkstore(bus: FakeBus) {
  const state = { list: {} as Record<string, unknown> };
  const own = bus.peer('trunkstore@test');
  await own.consume(
    { bindings: [{ exchange: 'trusted', key: 'trusted.query' }], contracts: [trustedQuery] },
    (request) => own.reply(request, trustedReply, { Trusted: state.list }),
  );
  return state;
}

async function fillStore(options: Record<string, unknown>): Promise<Store> {
  const store = memoryStore();
  await store.ensure('accounts', 'accounts');
  await store.ensure('sip_auth', 'sip_auth');
  await store.ensure('offnet', 'offnet');
  const config = await store.ensure('system_config', 'system_config');
  await config.save({ _id: 'edge', pvt_type: 'config', default: options });
  const database = await store.ensure(accountDatabase(accountId), 'account');
  const account = { _id: accountId, pvt_type: 'account', pvt_account_id: accountId, name: 'One', realm };
  await database.save(account);
  await store.database('accounts').save(account);
  await database.save({
    _id: 'owner1',
    pvt_type: 'user',
    first_name: 'A',
    last_name: 'B',
    presence_id: '1001',
  });
  for (const user of ['1001', '1002', '1003'])
    await database.save({
      _id: `device${user}`,
      pvt_type: 'device',
      pvt_account_id: accountId,
      name: user,
      owner_id: 'owner1',
      sip: { username: user, password: `secret-${user}` },
    });
  return store;
}

interface Server {
  readonly control: { readonly host: string; readonly port: number; readonly secret: string };
  sip(protocol: Protocol): Address;
  /** Resolves when what was sent on the control port has been read. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

async function startServer(): Promise<Server> {
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 25));
  const real = process.env['MIRLITON_DRACHTIO'];
  if (real !== undefined) {
    const [host = '127.0.0.1', port = '9022', secret = 'cymru'] = real.split(':');
    const [sipHost = host, sipPort = '5060'] = (process.env['MIRLITON_DRACHTIO_SIP'] ?? '').split(':');
    return {
      control: { host, port: Number(port), secret },
      sip: (protocol) => ({ protocol, host: sipHost, port: Number(sipPort) }),
      ready: turn,
      stop: turn,
    };
  }
  const host = '127.0.0.1';
  const listen = (['udp', 'tcp'] as const).map((protocol) => ({ protocol, host, port: 0 }));
  const server = await startSipServer({ control: { host, port: 0 }, secret: 'cymru', listen });
  return {
    control: { host, port: server.controlPort, secret: 'cymru' },
    sip: (protocol) => server.addresses.find((address) => address.protocol === protocol) as Address,
    ready: turn,
    stop: () => server.stop(),
  };
}
