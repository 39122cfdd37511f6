// The bench of callflow's tests: the app on a bus and a store in memory, with a fake switch.
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type { ActorSystem } from '../../../core/actors/index.ts';
import { createActorSystem } from '../../../core/actors/index.ts';
import type { Bus } from '../../../core/amqp/index.ts';
import type { AppContext, RunningApp } from '../../../core/app/index.ts';
import { systemConfig } from '../../../core/config/index.ts';
import type { FlowNode } from '../../../core/contract/index.ts';
import {
  accountDatabase,
  type Database,
  type Store,
  type StoredDocument,
} from '../../../core/couch/index.ts';
import {
  type FakeBus,
  type FakeCall,
  type FakeSwitch,
  fakeBus,
  fakeMetrics,
  fakeSwitch,
  memoryStore,
  type RouteOptions,
  silentLog,
} from '../../../core/testing/index.ts';
import { callflow } from '../app.ts';

export const accountId = 'ab'.repeat(16);

/** Everything a test of callflow looks at. */
export interface Bench {
  readonly bus: FakeBus;
  readonly fake: FakeSwitch;
  readonly database: Database;
  readonly app: RunningApp;
  save(document: StoredDocument): Promise<StoredDocument>;
  saveFlow(
    numbers: string[],
    flow: FlowNode | Record<string, never>,
    extra?: object,
  ): Promise<StoredDocument>;
  saveDevice(id: string, extra?: object): Promise<StoredDocument>;
  /** Saves `flow` for 2000, calls it, and returns the call. */
  call(flow: FlowNode, options?: Partial<RouteOptions>): Promise<FakeCall>;
}

/** One process of callflow. */
export interface Instance {
  readonly bus: Bus;
  readonly app: RunningApp;
  readonly actors: ActorSystem;
  /** Ends it as `kill -9` does: nothing is said, nothing is heard any more. */
  die(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a callflow on a bus. */
export async function startInstance(bus: Bus, store: Store): Promise<Instance> {
  const [metrics, log] = [fakeMetrics(), silentLog()];
  const actors = createActorSystem({ name: 'callflow', log, metrics });
  const config = systemConfig(store, { zone: 'z', node: 'n' });
  const context = { node: 'callflow@test', bus, store, metrics, log, actors, systemConfig: config };
  const app = await callflow.start(context as unknown as AppContext);
  let dead = false;
  return {
    bus,
    app,
    actors,
    die: () => {
      dead = true;
      return bus.close();
    },
    stop: async () => {
      await app.stop().catch((error: unknown) => {
        if (!dead) throw error;
      });
      expect(actors.size, 'actors left behind').to.equal(0);
    },
  };
}

/** A node of a callflow document. */
export const node = (
  module: string,
  data: Record<string, unknown> = {},
  children: Record<string, FlowNode> = {},
): FlowNode => ({
  module,
  data,
  children,
});

/** A store with one account; resolves with the account's database. */
export async function prepareStore(store: Store): Promise<Database> {
  await store.ensure('system_config', 'system_config');
  const database = await store.ensure(accountDatabase(accountId), 'account');
  await database.save({ _id: accountId, pvt_type: 'account', name: 'Test', realm: 'test.example.org' });
  return database;
}

/** Starts a bench before each test of a suite and asserts after it that no call was left behind. */
export function withBench(): Bench {
  const bench = {} as { -readonly [K in keyof Bench]: Bench[K] };
  let instance: Instance;
  beforeEach(async () => {
    const bus = fakeBus({ node: 'callflow@test' });
    const store = memoryStore();
    const database = await prepareStore(store);
    instance = await startInstance(bus, store);
    Object.assign(bench, { bus, database, app: instance.app, fake: fakeSwitch(bus.peer('ecallmgr@test')) });
  });
  afterEach(async () => {
    await instance.stop();
    await bench.bus.close();
  });
  bench.save = (document) => bench.database.save(document);
  bench.saveFlow = (numbers, flow, extra = {}) =>
    bench.save({ _id: randomBytes(16).toString('hex'), pvt_type: 'callflow', numbers, flow, ...extra });
  bench.saveDevice = (id, extra = {}) =>
    bench.save({
      _id: id,
      pvt_type: 'device',
      name: id,
      sip: { username: `user_${id}`, password: 'secret', invite_format: 'contact' },
      ...extra,
    });
  bench.call = async (flow, options = {}) => {
    await bench.saveFlow(['2000'], flow);
    const routed = await bench.fake.route({ accountId, number: '2000', ...options });
    if (!routed) throw new Error('callflow did not take the call');
    return routed;
  };
  return bench;
}
