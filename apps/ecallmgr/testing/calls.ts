// Events of calls as FreeSWITCH 1.11 sends them, cut down to what is read, and a cluster around an ecallmgr under test.
import { createActorSystem } from '../../../core/actors/index.ts';
import type { Bus } from '../../../core/amqp/index.ts';
import type { AppContext, RunningApp } from '../../../core/app/index.ts';
import { loadSettings } from '../../../core/config/index.ts';
import { cdrReport } from '../../../core/messages/cdr.ts';
import {
  type FakeBus,
  fakeBus,
  fakeMetrics,
  type LogRecord,
  memoryStore,
  silentLog,
} from '../../../core/testing/index.ts';
import { ecallmgr } from '../app.ts';

export const callId = '1-16007@127.0.0.1';

/** Headers of the leg of a phone that came through the edge. */
export const caller = {
  'FreeSWITCH-Hostname': 'media1',
  'Event-Date-Timestamp': '1795193184144452',
  'Channel-State': 'CS_EXECUTE',
  'Channel-Call-State': 'RINGING',
  'Channel-Name': 'sofia/sipinterface_1/1001@demo.local',
  'Unique-ID': callId,
  'Call-Direction': 'inbound',
  'Answer-State': 'ringing',
  'Caller-Caller-ID-Name': "O'Brien %zz",
  'Caller-Caller-ID-Number': '1001',
  'Caller-Network-Addr': '127.0.0.1',
  'Caller-Destination-Number': '2000',
  'Caller-Context': 'context_2',
  'Caller-Dialplan': 'XML',
  'Caller-Channel-Created-Time': '1795193184144452',
  variable_sip_from_uri: '1001@demo.local',
  variable_sip_from_host: 'demo.local',
  variable_sip_from_tag: 'f1',
  variable_sip_to_uri: '2000@demo.local',
  variable_sip_req_uri: '2000@demo.local',
  variable_sip_req_host: 'demo.local',
  variable_sip_network_ip: '127.0.0.1',
  variable_sip_user_agent: 'weird %zz agent',
  variable_sofia_profile_url: 'sip:mod_sofia@127.0.0.1:11000',
  'variable_sip_h_X-AUTH-IP': '10.0.0.9',
  'variable_sip_h_X-AUTH-Token': 'dev1@acc1',
  'variable_sip_h_X-Custom': 'hello',
} as const;

/** What the end of that leg has beside. */
export const ending = {
  'Event-Date-Timestamp': '1795193186886826',
  'Channel-State': 'CS_REPORTING',
  'Channel-Call-State': 'HANGUP',
  'Answer-State': 'hangup',
  'Hangup-Cause': 'NORMAL_CLEARING',
  variable_hangup_cause: 'NORMAL_CLEARING',
  variable_proto_specific_hangup_cause: 'sip:200',
  variable_endpoint_disposition: 'ANSWER',
  variable_duration: '3',
  variable_billsec: '1',
  variable_progresssec: '0',
  variable_digits_dialed: 'none',
};

export interface Cluster {
  readonly bus: FakeBus;
  readonly app: RunningApp;
  stop(): Promise<void>;
}

export interface Address {
  readonly host?: string;
  readonly port: number;
  readonly password?: string;
  /** Of the switch. */
  readonly name?: string;
}

/** An ecallmgr on a bus of its own, connected to the switch when this resolves. */
export async function startCluster(
  address: Address,
  bus = fakeBus({ node: 'ecallmgr@one' }),
): Promise<Cluster> {
  await storeCdrs(bus);
  return { ...(await startMember(address, bus, bus)), bus };
}

/** Somebody is there to store CDRs: else they wait. */
export async function storeCdrs(bus: Bus): Promise<void> {
  await bus.consume(
    {
      queue: 'cdr_listener',
      bindings: [{ exchange: 'cdr', key: 'cdr.report.*' }],
      contracts: [cdrReport],
      delivery: 'at_least_once',
    },
    () => undefined,
  );
}

/** One of several ecallmgr; `tap` sees all that is told on their broker. */
export async function startMember(
  addresses: Address | readonly Address[],
  tap: FakeBus,
  bus: Bus,
): Promise<{
  readonly app: RunningApp;
  readonly node: string;
  readonly log: readonly LogRecord[];
  stop(): Promise<void>;
}> {
  const node = bus.serverId.replace(/-\d+-[0-9a-f]+$/, '');
  // Field by field: a fake switch is given with all that it has.
  const switches = [addresses]
    .flat()
    .map(({ host = '127.0.0.1', port, password = 'secret', name = 'freeswitch@media1' }) => ({
      host,
      port,
      password,
      name,
    }));
  const settings = loadSettings({ overrides: { switches } });
  const log = silentLog();
  const metrics = fakeMetrics();
  const actors = createActorSystem({ name: 'ecallmgr', log, metrics });
  const before = tap.named('advertise').length;
  const app = await ecallmgr.start({
    node,
    settings,
    bus,
    log,
    actors,
    store: memoryStore(),
    metrics,
    systemConfig: {
      get: async (_category, _path, fallback) => fallback,
      values: async () => (_path, fallback) => fallback,
      held: () => (_path, fallback) => fallback,
      set: async () => undefined,
    },
  } satisfies AppContext);
  // It has read a switch when it tells of it; one of its name may have told before.
  const told = (): boolean =>
    tap
      .named('advertise')
      .slice(before)
      .some((it) => it['Node'] === node && switches.every(({ name }) => name in (it['Media-Servers'] ?? {})));
  while (!told()) await new Promise((resolve) => setTimeout(resolve, 2));
  return {
    app,
    node,
    log: log.records,
    stop: async () => {
      await app.stop();
      await actors.drain(100);
      await bus.close();
    },
  };
}
