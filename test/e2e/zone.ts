// A whole zone for a test, in one process or in many, on free ports and an empty data folder.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ZoneFacts } from '../../rel/zone/report.ts';
import { type RabbitNode, startRabbits } from '../conformance/rabbitmq.ts';
import { startBalancer } from './balancer.ts';
import { type Cabling, layCables } from './cabling.ts';
import { givenProcesses } from './given.ts';
import { addKamailios, startKamailio, type TestKamailio } from './kamailio.ts';
import { mixOfRun, settingsOf } from './mix.ts';
import { planMany, planOne } from './plan.ts';
import { freePorts } from './ports.ts';
import { build, type OwnProcess, ownProcess, spawnOwn, type ZoneProcess } from './processes.ts';
import { logIn, type Rest } from './rest.ts';

export interface Zone {
  readonly facts: Required<ZoneFacts>;
  readonly folder: string;
  readonly rest: Rest;
  readonly sip: { readonly host: string; readonly port: number };
  /** As they are in the file at `config`. */
  readonly settings: Record<string, unknown>;
  readonly config: string;
  /** All of them: ours, the RabbitMQs and the Kamailios of the test, and the nodes of a store that may be killed. */
  readonly processes: readonly ZoneProcess[];
  /** The processes with this app, stand-in or part. */
  running(app: string): readonly ZoneProcess[];
  /** Ctrl-C to ours, then a start on the same data. `between` runs while the zone is down. */
  restart(between?: () => void | Promise<void>): Promise<void>;
  /** SIGKILL to ours, then a start on what is left. */
  crash(): Promise<void>;
  /** The edges, in a mix with Kamailio. */
  readonly kamailios: readonly TestKamailio[];
  /** The cables that were asked for. */
  readonly cabling: Cabling;
  /** True while all of our processes run. */
  alive(): boolean;
  /** The logs of our processes so far, one after the other. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts a zone on the mix of this run, with some settings of the test's own. With many processes the first of each app
 * in `cabled` reaches broker and first switch over cables. Throws with its output when it does not come up.
 */
export async function startZone(
  more: Record<string, unknown> = {},
  edges = 1,
  cabled: readonly string[] = [],
  mix = mixOfRun(),
): Promise<Zone> {
  const running: (() => Promise<unknown>)[] = [];
  /** Ends what was started, the last first. */
  const end = async (): Promise<void> => {
    for (const one of running.splice(0).reverse()) await one();
  };
  try {
    return await begin();
  } catch (error) {
    await end();
    throw error;
  }

  async function begin(): Promise<Zone> {
    const brokers = brokersOf(mix.bus);
    const rabbits = brokers > 0 ? await startRabbits(brokers) : undefined;
    if (rabbits) running.push(() => rabbits.stop());
    const bus = rabbits?.nodes.map(({ url }) => url) ?? [];
    const balancer = bus.length > 1 && mix.edge === 'kamailio' ? await startBalancer(bus) : undefined;
    if (balancer) running.push(() => balancer.stop());
    if (mix.store !== 'embedded') await emptyStore(mix.store);
    const folder = mkdtempSync(join(tmpdir(), 'mirliton-e2e-'));
    const given = settingsOf(rabbits ? { ...mix, bus: bus.join(',') } : mix);
    const config = join(folder, 'mirliton.json');
    const settings = { ...(await settingsFor(folder, given)), ...more };
    const sites = mix.edge === 'kamailio' ? await addKamailios(settings, edges) : [];
    const many = mix.processes === 'many';
    if (many) build();
    const plans = many ? await planMany(config, settings, mix.counts) : planOne(config);
    const cabling = await layCables(settings, plans, cabled);
    running.push(() => cabling.stop());
    const own = cabling.plans.map(ownProcess);
    writeFileSync(config, JSON.stringify(settings));
    // Each waits for the other: Kamailio for the broker, the zone for a Kamailio that takes calls.
    const starting = sites.map((site) => startKamailio(balancer ? { ...site, bus: balancer.url } : site));
    running.push(() => Promise.allSettled(starting.map(async (it) => (await it).stop())));
    // Awaited below; until then a failure must not count as one that nobody handles.
    for (const it of starting) it.catch(() => undefined);
    await startAll(own);
    running.push(() => endAll(own));
    const kamailios = await Promise.all(starting);
    const facts = readFacts(folder);
    const [host = '', port = ''] = facts.phones[0]?.proxy.split(':') ?? [];
    const processes = [
      ...own,
      ...kamailios.map(asProcess),
      ...(rabbits?.nodes ?? []).map(rabbitProcess),
      ...(mix.storePids === '' ? [] : givenProcesses('couch node', mix.storePids)),
    ];
    return {
      facts,
      folder,
      settings,
      config,
      rest: await logIn(facts.api, facts.login),
      sip: { host, port: Number(port) },
      kamailios,
      cabling,
      processes,
      running: (app) => processes.filter((it) => it.app === app),
      restart: async (between) => {
        await endAll(own);
        await between?.();
        await startAll(own);
      },
      crash: async () => {
        await Promise.all(own.map((it) => it.kill('SIGKILL')));
        await startAll(own);
      },
      alive: () => own.every((it) => it.alive()),
      log: () =>
        readdirSync(folder)
          .filter((file) => file.endsWith('.log'))
          .map((file) => readFileSync(join(folder, file), 'utf8'))
          .join(''),
      stop: async () => {
        await end();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }
}

/** All at once: their order must not matter. When one does not come up, none is left running. */
async function startAll(processes: readonly OwnProcess[]): Promise<void> {
  try {
    await Promise.all(processes.map((it) => it.start()));
  } catch (error) {
    await Promise.all(processes.map((it) => it.kill('SIGKILL')));
    throw error;
  }
}

/** The stand-ins last: the others say goodbye over them. */
async function endAll(processes: readonly OwnProcess[]): Promise<void> {
  const parts = ['broker', 'couch', 'switch', 'sip'];
  for (const last of [false, true])
    await Promise.all(processes.filter(({ app }) => parts.includes(app) === last).map((it) => it.end()));
}

const asProcess = (kamailio: TestKamailio): ZoneProcess => ({
  app: 'kamailio',
  node: `kamailio@${kamailio.address}`,
  get pid() {
    return kamailio.pid();
  },
  alive: () => kamailio.pid() !== undefined,
  kill: (signal = 'SIGKILL') => kamailio.end(signal),
  start: () => kamailio.start(),
});

/** How many brokers the test starts for this kind of bus. */
const brokersOf = (bus: string): number => ({ rabbitmq: 1, 'rabbitmq-cluster': 3 })[bus] ?? 0;

const rabbitProcess = (rabbit: RabbitNode): ZoneProcess => ({
  app: 'rabbitmq',
  node: `rabbitmq@${new URL(rabbit.url).host}`,
  get pid() {
    return rabbit.pid();
  },
  alive: () => rabbit.pid() !== undefined,
  kill: (signal = 'SIGKILL') => rabbit.kill(signal),
  start: () => rabbit.start(),
});

/** Starts a zone that is expected not to come up. Resolves with its exit code and the lines that it printed. */
export async function failingStart(
  config: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  const child = spawnOwn({ config, run: ['rel/start.mjs'], environment });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      // It did come up, against all expectation.
      if (output.includes('Mirliton is ready')) child.kill('SIGINT');
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines: output.split('\n').filter((line) => line !== '') };
}

async function settingsFor(folder: string, given: Record<string, unknown>): Promise<Record<string, unknown>> {
  const [bus, store, eventSocket, switchSip, control, sip, rest, media, metrics, websockets] =
    (await freePorts(10)) as [number, number, number, number, number, number, number, number, number, number];
  const defaults: Record<string, object> = {
    bus: { port: bus },
    store: { port: store },
    switch: { port: eventSocket, sipPort: switchSip, rtpMin: 0, rtpMax: 0 },
    edge: { port: control },
    sip: { port: sip },
    rest: { port: rest },
    websockets: { port: websockets },
    media: { port: media },
    metrics: { port: metrics },
  };
  const merged = Object.fromEntries(
    Object.entries(defaults).map(([name, values]) => [
      name,
      { ...values, ...(given[name] as object | undefined) },
    ]),
  );
  const log = { level: process.env['MIRLITON_E2E_LOG'] ?? 'info' };
  return {
    data: folder,
    drain: 1,
    log,
    ...merged,
    ...(given['switches'] ? { switches: given['switches'] } : {}),
  };
}

function readFacts(folder: string): Required<ZoneFacts> {
  return JSON.parse(readFileSync(join(folder, 'zone.json'), 'utf8')) as Required<ZoneFacts>;
}

/** Removes the databases of an earlier run from a store that outlives the zone. */
async function emptyStore(urls: string): Promise<void> {
  const { origin, username, password } = new URL(urls.split(',')[0] ?? '');
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const call = (method: string, path: string) =>
    fetch(`${origin}/${path}`, { method, headers: { authorization } });
  const names = (await (await call('GET', '_all_dbs')).json()) as string[];
  for (const name of names.filter((it) => !it.startsWith('_')))
    await call('DELETE', encodeURIComponent(name));
}
