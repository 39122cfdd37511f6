// A zone as small as an edge needs it: a broker behind a cable that can be cut, a stand-in for registrar and trunkstore,
// stand-ins for media servers, and the edge of this run with the app that serves it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, connectBus } from '../../core/amqp/index.ts';
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import { loadSettings, systemConfig } from '../../core/config/index.ts';
import type { MessageOf } from '../../core/contract/index.ts';
import { advertise } from '../../core/messages/nodes.ts';
import { regFlush, regSuccess } from '../../core/messages/registration.ts';
import { trustedReload } from '../../core/messages/trusted.ts';
import {
  type FakeMetrics,
  fakeMetrics,
  memoryStore,
  type SilentLog,
  silentLog,
} from '../../core/testing/index.ts';
import { startBroker } from '../../rel/embedded/broker/index.ts';
import { startRabbit } from '../conformance/rabbitmq.ts';
import { eventually } from '../e2e/eventually.ts';
import { mixOfRun } from '../e2e/mix.ts';
import { type Cable, startCable } from './cable.ts';
import { kind } from './capabilities.ts';
import type { Place, Way } from './channel.ts';
import { startDrachtioEdge } from './drachtio.ts';
import { startKamailioEdge } from './kamailio.ts';
import { Phone, type PhoneOptions } from './phone.ts';
import { type Registrar, startRegistrar } from './registrar.ts';

/** What an edge under test is given. */
export interface EdgeOptions {
  readonly folder: string;
  /** AMQP URL. */
  readonly bus: string;
  /** Networks without limits. */
  readonly exempt: readonly string[];
  /** Requests of one address within two seconds, and failed sign-ins within one. */
  readonly limits: { readonly requests: number; readonly strangers: number };
}

/** What can die and come back. */
export interface Killable {
  /** Without a word to anybody. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** What each kind of edge brings. */
export interface EdgeUnderTest {
  /** The apps that serve it, each with its settings; restarted by `Zone.configure`. */
  readonly apps: readonly { readonly app: App; readonly settings: Record<string, unknown> }[];
  /** Where it listens; the second of several by `index`. */
  place(way: Way, which?: { readonly index?: number; readonly host?: string }): Place;
  /** `host:port` of the media servers to which it gives calls, where the edge itself can be asked. */
  readonly switches: ((index?: number) => Promise<string[]>) | undefined;
  /** The SIP servers that can be killed. Where each has an app of its own, that goes with it. */
  readonly servers: readonly Killable[];
  log(): string;
  stop(): Promise<void>;
}

/** A media server, which can die and come back at its address. */
export interface MediaServer {
  readonly phone: Phone;
  readonly address: string;
  die(): Promise<void>;
  live(): Promise<void>;
}

export interface Zone {
  readonly bus: Bus;
  readonly cable: Cable;
  readonly registrar: Registrar;
  readonly edge: EdgeUnderTest;
  readonly edges: readonly Killable[];
  readonly media: readonly [MediaServer, MediaServer];
  readonly log: SilentLog;
  /** The reg_success of this user that came so far. */
  told(username: string): readonly MessageOf<typeof regSuccess>[];
  phone(user: string, options?: Partial<PhoneOptions> & { readonly index?: number }): Promise<Phone>;
  registered(user: string, options?: Partial<PhoneOptions> & { readonly index?: number }): Promise<Phone>;
  flush(username: string, cacheOnly?: boolean): Promise<void>;
  trust(list: Registrar['trusted']): Promise<void>;
  /** Starts the app of the edge again, with these values of `system_config/edge`. */
  configure(options: Record<string, unknown>): Promise<void>;
  readonly app: { stop(): Promise<void>; start(): Promise<void> };
  /** Resolves when the edge gives calls to just these. */
  serving(...servers: readonly MediaServer[]): Promise<void>;
  stop(): Promise<void>;
}

export const realm = 'one.example.org';
/** Attackers and phones behind the NAT of an attacker come from here; it is under the limits, 127.0.0.1 is not. */
export const limits = { requests: 200, strangers: 15 };
const exempt = ['127.0.0.1/32', '::1/128'];

export async function startZone(): Promise<Zone> {
  const folder = mkdtempSync(join(tmpdir(), 'mirliton-edge-'));
  const ends: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return await assemble(folder, ends, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  folder: string,
  ends: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<Zone> {
  const broker = await startBus();
  ends.push(broker.stop);
  const cable = await startCable(Number(new URL(broker.url).port));
  ends.push(cable.stop);
  const url = `amqp://guest:guest@127.0.0.1:${cable.port}`;
  const log = silentLog();
  const open = async (name: string, at: string, metrics = fakeMetrics()): Promise<Bus> => {
    const sender = { appName: name, appVersion: '0', node: `${name}@test` };
    const bus = await connectBus({ urls: [at], ...sender, log, metrics, strict: false });
    ends.push(() => bus.close());
    return bus;
  };
  const bus = await open('test', broker.url);
  const registrar = await startRegistrar(bus);
  const heard: MessageOf<typeof regSuccess>[] = [];
  await bus.consume(
    { bindings: [{ exchange: 'registrar', key: 'registration.success.#' }], contracts: [regSuccess] },
    ({ message }) => void heard.push(message),
  );
  const start = kind === 'kamailio' ? startKamailioEdge : startDrachtioEdge;
  const edge = await start({ folder, bus: url, limits, exempt });
  ends.push(edge.stop);
  const context: EdgeContext = {
    ...{ folder, log },
    bus: (name, metrics) => open(name, url, metrics),
  };
  const { app, edges, metrics } = await runEdge(edge, context);
  ends.push(() => app.stop());
  const phones = new Set<Phone>();
  ends.push(async () => {
    await Promise.all([...phones].map((it) => it.close()));
  });
  const phone: Zone['phone'] = async (user, { index, ...options } = {}) => {
    const place = edge.place(options.way ?? 'udp', {
      ...(index === undefined ? {} : { index }),
      ...hostOf(options.host),
    });
    const opened = await Phone.open({ user, realm, edge: place, ...options });
    phones.add(opened);
    return opened;
  };
  const media = await Promise.all([1, 2].map((index) => mediaServer(index, phone)));
  const announce = () => bus.publish(advertise, advertisement(media));
  const beat = setInterval(() => void announce().catch(() => undefined), 1_000);
  ends.push(() => clearInterval(beat));
  const serving: Zone['serving'] = (...servers) => settled(edge, metrics, servers);
  await announce();
  await serving(...media);
  return {
    ...{ bus, cable, registrar, edge, edges, log, app, phone, serving, stop },
    media: media as unknown as Zone['media'],
    told: (username) => heard.filter((it) => it.Username === username),
    registered: async (user, options) => {
      const opened = await phone(user, options);
      const { status } = await opened.register();
      if (status !== 200) throw new Error(`REGISTER of ${user} was answered ${status}`);
      return opened;
    },
    flush: (username, cacheOnly) =>
      bus.publish(regFlush, { Realm: realm, Username: username, 'Cache-Only': cacheOnly }),
    trust: async (list) => {
      registrar.trusted = list;
      await bus.publish(trustedReload, {});
    },
    configure: async (options) => {
      await app.stop();
      await app.configure(options);
      await app.start();
      await announce();
      await serving(...media);
    },
  };
}

/** An address of a phone of its own is of the family of the edge's. */
const hostOf = (host: string | undefined) => (host?.includes(':') ? { host: '::1' } : {});

async function startBus(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { bus } = mixOfRun();
  if (bus === 'rabbitmq') return startRabbit();
  if (bus !== 'embedded') return { url: bus, stop: () => Promise.resolve() };
  return startBroker({ host: '127.0.0.1', port: 0 });
}

interface EdgeContext {
  readonly folder: string;
  readonly log: SilentLog;
  readonly bus: (name: string, metrics: FakeMetrics) => Promise<Bus>;
}

/** Starts the apps of the edge, which can be stopped, configured and started again. */
async function runEdge({ apps, servers }: EdgeUnderTest, { folder, log, bus: open }: EdgeContext) {
  const store = memoryStore();
  const config = await store.ensure('system_config', 'system_config');
  await config.save({ _id: 'edge', pvt_type: 'config', default: {} });
  const metrics = apps.map(() => fakeMetrics());
  const running = await Promise.all(
    apps.map(async ({ app, settings: own }, index) => {
      const name = `edge${index + 1}`;
      const node = `${name}@test`;
      const settings = loadSettings({ overrides: { data: join(folder, name), ...own } });
      const bus = await open(name, metrics[index] as FakeMetrics);
      const context = { node, settings, store, bus, log, metrics: metrics[index] };
      return restartable(() => {
        const read = systemConfig(store, { zone: 'local', node });
        return app.start({ ...context, systemConfig: read } as unknown as AppContext);
      });
    }),
  );
  const app = {
    start: async () => void (await Promise.all(running.map((it) => it.start()))),
    stop: async () => void (await Promise.all(running.map((it) => it.stop()))),
    configure: async (options: Record<string, unknown>): Promise<void> => {
      await config.update('edge', (document) => ({ ...document, default: { ...base, ...options } }));
    },
  };
  const edges = servers.map((server, index): Killable => {
    const own = apps.length === servers.length ? running[index] : undefined;
    return {
      kill: async () => {
        await server.kill();
        await own?.stop();
      },
      start: async () => {
        await server.start();
        await own?.start();
      },
    };
  });
  await app.configure({});
  await app.start();
  return { app, edges, metrics };
}

/** An app that runs once at most. */
function restartable(begin: () => Promise<RunningApp>) {
  let running: RunningApp | undefined;
  return {
    start: async (): Promise<void> => {
      running ??= await begin();
    },
    stop: async (): Promise<void> => {
      await running?.stop();
      running = undefined;
    },
  };
}

/** The same for every edge: those that have no configuration of their own read it here. */
const base = {
  unauthenticated: { per_second: limits.strangers, burst: limits.strangers, exempt },
  requests: { per_second: limits.requests / 2, burst: limits.requests, exempt },
};

/** At an address that nobody else has, so that it is easily seen where it must not be. */
async function mediaServer(index: number, open: Zone['phone']): Promise<MediaServer> {
  const host = `127.77.0.${index}`;
  const start = async (port = 0): Promise<Phone> => {
    const phone = await open('mod_sofia', { host, port });
    // As FreeSWITCH writes.
    Object.assign(phone.habits, {
      'Remote-Party-ID': `"2000" <sip:2000@${host}>;party=calling;privacy=off`,
      'P-Asserted-Identity': `<sip:2000@${host}:${phone.channel.own.port}>`,
      'X-FS-Support': 'update_display,send_info',
    });
    return phone;
  };
  const box = { phone: await start() };
  const { port } = box.phone.channel.own;
  return {
    get phone() {
      return box.phone;
    },
    address: `${host}:${port}`,
    die: () => box.phone.close(),
    live: async () => {
      box.phone = await start(port);
    },
  };
}

function advertisement(media: readonly MediaServer[]) {
  const servers = media.map(({ address }, index) => [
    `freeswitch@${index + 1}`,
    {
      'Instance-UUID': `instance-${index}`,
      Interfaces: { sipinterface_1: { URL: `sip:mod_sofia@${address}` } },
    },
  ]);
  return { Expires: 60_000, Zone: 'local', 'Media-Servers': Object.fromEntries(servers) };
}

function settled(
  edge: EdgeUnderTest,
  metrics: readonly FakeMetrics[],
  servers: readonly MediaServer[],
): Promise<void> {
  const wanted = servers.map(({ address }) => address).sort();
  const { switches } = edge;
  return eventually(async () => {
    if (switches === undefined) {
      const up = metrics.map((it) => it.value('edge_media_servers'));
      if (up.some((count) => count !== wanted.length))
        throw new Error(`calls go to ${up} media servers, not to ${wanted.length}`);
      return;
    }
    for (const [index] of edge.servers.entries()) {
      const found = (await switches(index)).sort();
      if (found.join() !== wanted.join())
        throw new Error(`edge ${index} gives calls to ${found}, not to ${wanted}`);
    }
  }, 15);
}
