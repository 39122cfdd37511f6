// A whole zone for a test: started as `npm start` starts it, on free ports and an empty data folder.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ZoneFacts } from '../../rel/zone/report.ts';
import { startRabbit } from '../conformance/rabbitmq.ts';
import { addKamailios, startKamailio, type TestKamailio } from './kamailio.ts';
import { mixOfRun, settingsOf } from './mix.ts';
import { freePorts } from './ports.ts';
import { logIn, type Rest } from './rest.ts';

export interface Zone {
  readonly facts: Required<ZoneFacts>;
  readonly folder: string;
  readonly rest: Rest;
  readonly sip: { readonly host: string; readonly port: number };
  /** As they are in the file at `config`. */
  readonly settings: Record<string, unknown>;
  readonly config: string;
  /** Ctrl-C, then a start on the same data. `between` runs while the zone is down. */
  restart(between?: () => void | Promise<void>): Promise<void>;
  /** SIGKILL, then a start on what is left. */
  crash(): Promise<void>;
  /** The edges, in a mix with Kamailio. */
  readonly kamailios: readonly TestKamailio[];
  /** True while the process runs. */
  alive(): boolean;
  /** The log so far. */
  log(): string;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Starts a zone on the mix of this run, with some settings of the test's own. Throws with its output when it does not come up. */
export async function startZone(more: Record<string, unknown> = {}, edges = 1): Promise<Zone> {
  const mix = mixOfRun();
  const rabbit = mix.bus === 'rabbitmq' ? await startRabbit() : undefined;
  if (mix.store !== 'embedded') await emptyStore(mix.store);
  const folder = mkdtempSync(join(tmpdir(), 'mirliton-e2e-'));
  const given = settingsOf(rabbit ? { ...mix, bus: rabbit.url } : mix);
  const config = join(folder, 'mirliton.json');
  const settings = { ...(await settingsFor(folder, given)), ...more };
  const sites = mix.edge === 'kamailio' ? await addKamailios(settings, edges) : [];
  writeFileSync(config, JSON.stringify(settings));
  // Each waits for the other: Kamailio for the broker, the zone for a Kamailio that takes calls.
  const starting = Promise.all(sites.map(startKamailio));
  // Awaited below; until then a failure must not count as one that nobody handles.
  starting.catch(() => undefined);
  let child = await launch(config).catch(async (error: unknown) => {
    await starting.then((all) => Promise.all(all.map((it) => it.stop()))).catch(() => undefined);
    throw error;
  });
  const kamailios = await starting;
  const facts = readFacts(folder);
  const [host = '', port = ''] = facts.phones[0]?.proxy.split(':') ?? [];
  const zone: Zone = {
    facts,
    folder,
    settings,
    config,
    rest: await logIn(facts.api, facts.login),
    sip: { host, port: Number(port) },
    kamailios,
    restart: async (between) => {
      await end(child);
      await between?.();
      child = await launch(config);
    },
    crash: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      child = await launch(config);
    },
    alive: () => child.exitCode === null && child.signalCode === null,
    log: () => readFileSync(join(folder, 'mirliton.log'), 'utf8'),
    stop: async () => {
      await Promise.all(kamailios.map((it) => it.stop()));
      await end(child);
      await rabbit?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return zone;
}

/** Starts a zone that is expected not to come up. Resolves with its exit code and the lines that it printed. */
export async function failingStart(
  config: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  const child = start(config, environment);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      // It did come up, against all expectation.
      if (output.includes('Mirliton is ready')) child.kill('SIGINT');
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines: output.split('\n').filter((line) => line !== '') };
}

async function settingsFor(folder: string, given: Record<string, unknown>): Promise<Record<string, unknown>> {
  const [bus, store, eventSocket, switchSip, control, sip, rest, media, metrics] = (await freePorts(9)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const defaults: Record<string, object> = {
    bus: { port: bus },
    store: { port: store },
    switch: { port: eventSocket, sipPort: switchSip, rtpMin: 0, rtpMax: 0 },
    edge: { port: control },
    sip: { port: sip },
    rest: { port: rest },
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

function start(config: string, environment: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, MIRLITON_CONFIG: config, ...environment };
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  return spawn(process.execPath, [join(root, 'rel', 'start.mjs')], { cwd: dirname(config), env, stdio });
}

async function launch(config: string): Promise<ChildProcess> {
  const child = start(config);
  let output = '';
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('Mirliton is ready')) resolve();
      });
    }
  });
  const exited = once(child, 'exit').then(() => {
    throw new Error(`the zone ended while starting:\n${output.slice(-4000)}`);
  });
  await Promise.race([ready, exited]);
  exited.catch(() => undefined);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGINT');
  const [code] = (await gone) as [number | null];
  if (code !== 0) throw new Error(`the zone ended with ${code} after SIGINT`);
}

function readFacts(folder: string): Required<ZoneFacts> {
  return JSON.parse(readFileSync(join(folder, 'zone.json'), 'utf8')) as Required<ZoneFacts>;
}

/** Removes the databases of an earlier run from a store that outlives the zone. */
async function emptyStore(url: string): Promise<void> {
  const { origin, username, password } = new URL(url);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const call = (method: string, path: string) =>
    fetch(`${origin}/${path}`, { method, headers: { authorization } });
  const names = (await (await call('GET', '_all_dbs')).json()) as string[];
  for (const name of names.filter((it) => !it.startsWith('_')))
    await call('DELETE', encodeURIComponent(name));
}
