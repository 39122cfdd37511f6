// trunkstore on a bus and a store in memory, with one account, and a second app that owns calls as callflow does.
import type { AppContext, RunningApp } from '../../../core/app/index.ts';
import { type CallControl, startCallControl } from '../../../core/calls/index.ts';
import { systemConfig } from '../../../core/config/index.ts';
import type { MessageFields, MessageOf } from '../../../core/contract/index.ts';
import { accountDatabase, numberDatabase, type Store } from '../../../core/couch/index.ts';
import { offnetReq, type offnetResp } from '../../../core/messages/resource.ts';
import { routeReq } from '../../../core/messages/route.ts';
import {
  type FakeBus,
  type FakeCall,
  type FakeSwitch,
  fakeBus,
  fakeMetrics,
  fakeSwitch,
  memoryStore,
  silentLog,
} from '../../../core/testing/index.ts';
import { trunkstore } from '../app.ts';

export const accountId = 'a'.repeat(32);
export const otherId = 'b'.repeat(32);
export const realm = 'acme.example.org';

type Fields = Partial<MessageFields<typeof offnetReq>>;

export interface Bench {
  readonly bus: FakeBus;
  readonly store: Store;
  readonly fake: FakeSwitch;
  readonly metrics: ReturnType<typeof fakeMetrics>;
  readonly log: ReturnType<typeof silentLog>;
  readonly config: ReturnType<typeof systemConfig>;
  readonly app: RunningApp;
  /** Saves a carrier of the cluster with one rule for every number. */
  carrier(id: string, fields?: object): Promise<void>;
  /** Saves a number of an account. */
  number(e164: string, fields?: object, owner?: string): Promise<void>;
  /** Saves a document of the account. */
  document(fields: { _id: string; pvt_type: string } & Record<string, unknown>): Promise<void>;
  /** A call of a device that its owner gives to the carriers; `prepare` sets up the switch before. */
  offnet(fields?: Fields, prepare?: (call: FakeCall) => void): Promise<Offnet>;
}

export interface Offnet {
  readonly call: FakeCall;
  readonly answer: Promise<MessageOf<typeof offnetResp>>;
}

/** A bench that is made anew before each test of the surrounding `describe`. */
export function withBench(): Bench {
  let bench: Bench;
  let owner: CallControl;
  beforeEach(async () => {
    [bench, owner] = await open();
  });
  afterEach(async () => {
    await bench.bus.settled();
    await bench.app.stop();
    await owner.stop();
    await bench.bus.close();
  });
  return new Proxy({} as Bench, { get: (_target, name) => Reflect.get(bench, name) });
}

async function open(): Promise<[Bench, CallControl]> {
  const bus = fakeBus({ node: 'trunkstore@test' });
  const store = memoryStore();
  for (const name of ['offnet', 'sip_auth', 'system_config', 'accounts'] as const)
    await store.ensure(name, name);
  for (const id of [accountId, otherId]) await addAccount(store, id);
  const config = systemConfig(store, { zone: 'z', node: 'n' });
  const [metrics, log] = [fakeMetrics(), silentLog()];
  const context = { bus, store, systemConfig: config, metrics, log, settings: { zone: 'z' } };
  const app = await trunkstore.start(context as unknown as AppContext);
  const ownerBus = bus.peer('callflow@test');
  const owner = await startCallControl(ownerBus);
  const fake = fakeSwitch(bus.peer('ecallmgr@test'));
  const save = async (database: string, document: object): Promise<void> => {
    await store.database(database).save(document as { _id: string });
  };
  const bench: Bench = {
    bus,
    store,
    fake,
    metrics,
    log,
    config,
    app,
    carrier: (id, fields = {}) => save('offnet', carrierDocument(id, fields)),
    number: async (e164, fields = {}, assigned = accountId) => {
      await store.ensure(numberDatabase(e164), 'numbers');
      const state = { pvt_type: 'number', pvt_state: 'in_service', pvt_assigned_to: assigned };
      await save(numberDatabase(e164), { _id: e164, ...state, ...fields });
    },
    document: (fields) => save(accountDatabase(accountId), { ...fields, pvt_account_id: accountId }),
    offnet: async (fields = {}, prepare = () => undefined) => {
      const routes = await ownerBus.consume(
        { bindings: [{ exchange: 'callmgr', key: `route.req.audio.${accountId}` }], contracts: [routeReq] },
        async (request) => void (await owner.offer(request)),
      );
      const call = await fake.route({
        accountId,
        number: '9',
        prepare: (it) => {
          it.on('bridge', () => ({ 'Application-Response': 'SUCCESS' }));
          prepare(it);
        },
      });
      await routes.stop();
      if (!call) throw new Error('the call was not won');
      const request = {
        'Application-Name': 'bridge',
        'Resource-Type': 'audio',
        'To-DID': '+14155550199',
        'Account-ID': accountId,
        'Account-Realm': realm,
        'Call-ID': call.callId,
        'Control-Queue': call.controlQueue,
        'Outbound-Caller-ID-Name': 'Acme',
        'Outbound-Caller-ID-Number': '+14155550100',
        ...fields,
      } as MessageFields<typeof offnetReq>;
      return { call, answer: ownerBus.request(offnetReq, request, { timeout: 5_000 }) };
    },
  };
  return [bench, owner];
}

async function addAccount(store: Store, id: string): Promise<void> {
  const database = await store.ensure(accountDatabase(id), 'account');
  const name = id === accountId ? realm : 'other.example.org';
  await database.save({ _id: id, pvt_type: 'account', name, realm: name, pvt_tree: [] });
}

/** A carrier that takes every number in E.164, with one gateway. */
export function carrierDocument(id: string, fields: object = {}) {
  const gateways = [{ server: `${id}.carrier.example` }];
  return { _id: id, pvt_type: 'resource', name: id, rules: ['^\\+?\\d+$'], gateways, ...fields };
}
