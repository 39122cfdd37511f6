// What our authentication costs a Kamailio: warm REGISTERs at our edge, at the same Kamailio with a password in its script,
// and at one that can do nothing else.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectBus } from '../../core/amqp/index.ts';
import { logger } from '../../core/log/index.ts';
import { createMetrics } from '../../core/metrics/index.ts';
import { startBroker } from '../../rel/embedded/broker/index.ts';
import { type KamailioSite, writeKamailioConfig } from '../../rel/kamailio/config.ts';
import { eventually } from '../e2e/eventually.ts';
import { freePorts } from '../e2e/ports.ts';
import { startRegistrar } from '../edge/registrar.ts';
import type { Bench } from './outcome.ts';
import { crowd } from './sipp.ts';

const realm = 'bench.mirliton.test';
const phones = 400;
const count = 12_000;
const rate = 1_500;
const rounds = 5;
const workers = 4;
/** For the highest rate: as many at a time keep a few workers busy without a queue that overflows. */
const atOnce = 40;

interface Measured {
  readonly stop: () => Promise<void>;
  /** Seconds of processor time of all its processes so far. */
  cpu(): number;
  readonly sip: string;
  /** Its phones are there, in every run: a contact that moves is not warm. */
  readonly phonesAt: number;
}

/** Starts Kamailio on this file and waits until it answers SIP. */
async function start(
  file: string,
  folder: string,
  { sip, phonesAt }: Pick<Measured, 'sip' | 'phonesAt'>,
): Promise<Measured> {
  const args = ['-f', file, '-DD', '-E', '-Y', folder, '-m', '128', '-M', '16', '-x', 'fm', '-X', 'fm'];
  const child = spawn('kamailio', args, { detached: true, stdio: 'ignore' });
  const group = child.pid ?? 0;
  await eventually(() => {
    const port = Number(sip.split(':')[1]).toString(16).toUpperCase().padStart(4, '0');
    if (!readFileSync('/proc/net/udp', 'utf8').includes(`:${port} `))
      throw new Error('Kamailio does not listen');
  });
  return {
    sip,
    phonesAt,
    cpu: () => ticksOf(group) / 100,
    stop: async () => {
      const gone = once(child, 'exit');
      process.kill(group, 'SIGTERM');
      await gone;
    },
  };
}

/** Clock ticks (a hundredth of a second) of all processes of a group. */
function ticksOf(group: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc').filter((it) => /^\d+$/.test(it)))
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      if (Number(fields[2]) === group) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It ended just now.
    }
  return ticks;
}

const names = ['ours', 'fixed', 'bare'] as const;
type Name = (typeof names)[number];
const titles: Readonly<Record<Name, string>> = {
  ours: 'our edge',
  fixed: 'the same with a fixed password',
  bare: 'a bare registrar with a fixed password',
};

const besideUs = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Writes the configuration of one of them and returns its path. */
function configure(name: Name, site: KamailioSite): string {
  if (name === 'ours') return writeKamailioConfig(site);
  if (name === 'fixed') return writeKamailioConfig({ ...site, script: besideUs('fixed-password.cfg') });
  writeKamailioConfig(site);
  const file = join(site.folder, 'bare.cfg');
  const text = readFileSync(besideUs('bare.cfg'), 'utf8')
    .replaceAll('{sip}', site.sip[0] ?? '')
    .replaceAll('{database}', `sqlite:///${join(site.folder, 'edge.sqlite')}`)
    .replaceAll('{workers}', String(workers));
  writeFileSync(file, text);
  return file;
}

export const kamailio: Bench = {
  name: 'kamailio',
  about: 'warm REGISTERs through Kamailio with our authentication, and with a fixed password',
  run: async (progress) => {
    const ends: (() => Promise<void> | void)[] = [];
    try {
      const broker = await startBroker({ host: '127.0.0.1', port: 0 });
      ends.push(() => broker.stop());
      const sender = { appName: 'registrar', appVersion: '0', node: 'registrar@bench' };
      const bus = await connectBus({
        ...{ urls: [broker.url], ...sender, strict: false },
        ...{ log: logger('bench'), metrics: createMetrics() },
      });
      ends.push(() => bus.close());
      await startRegistrar(bus);
      const started = {} as Record<Name, Measured>;
      for (const name of names) {
        const folder = mkdtempSync(join(tmpdir(), 'mirliton-kamailio-'));
        ends.push(() => rmSync(folder, { recursive: true, force: true }));
        const ports = await freePorts(3);
        const [sip = '', rpc = ''] = ports.map((port) => `127.0.0.1:${port}`);
        const places = { sip, phonesAt: ports[2] ?? 0 };
        const site = { folder, zone: 'bench', bus: broker.url, secret: 'bench', sip: [sip], rpc, workers };
        started[name] = await start(configure(name, { ...site, logLevel: 0 }), folder, places);
        ends.push(started[name].stop);
      }
      progress(`${phones} phones register for the first time`);
      for (const name of names) await registers(name, started[name], phones, { rate: 200 });
      const steady: Record<Name, number[]> = { ours: [], fixed: [], bare: [] };
      const fastest: Record<Name, number[]> = { ours: [], fixed: [], bare: [] };
      let failed = 0;
      for (let round = 1; round <= rounds; round++)
        for (const name of names) {
          progress(`round ${round} of ${rounds}, ${name}: ${count} at ${rate}/s, then as fast as it can`);
          const even = await registers(name, started[name], count, { rate });
          steady[name].push(even.each);
          const fast = await registers(name, started[name], count, { rate: 100_000, atOnce });
          fastest[name].push(fast.rate);
          failed += even.failed + fast.failed;
        }
      return outcome(steady, fastest, failed);
    } finally {
      for (const end of ends.reverse()) await end();
    }
  },
};

/** Lets `many` phones register; says how much processor time (ms) each took of Kamailio, and how many a second it took. */
async function registers(
  name: Name,
  { sip, phonesAt: port, cpu }: Measured,
  many: number,
  limits: { rate: number; atOnce?: number },
) {
  // One password for all: what is looked up at ours stands in the script of the others.
  const lines = Array.from({ length: phones }, (_, at) => {
    const user = `bench${at}`;
    const password = name === 'ours' ? `secret-${user}` : 'fixed';
    return [user, `[authentication username=${user} password=${password}]`, realm, String(port)];
  });
  const before = cpu();
  const began = performance.now();
  const common = { scenario: 'register', lines, proxy: sip, port, count: many, watch: false };
  const result = await crowd({ ...common, ...limits });
  const seconds = (performance.now() - began) / 1000;
  return { each: ((cpu() - before) / many) * 1000, rate: many / seconds, ...result };
}

function outcome(
  steady: Readonly<Record<Name, number[]>>,
  fastest: Readonly<Record<Name, number[]>>,
  failed: number,
) {
  const middle = (values: readonly number[]): number =>
    [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)] ?? 0;
  const byCpu = (name: Name): number => middle(steady[name]) / middle(steady.ours);
  const byRate = (name: Name): number => middle(fastest.ours) / middle(fastest[name]);
  const figure = (what: string, value: number) => ({
    figure: what,
    value: value.toFixed(2),
    aim: '≥ 0.8',
    met: value >= 0.8,
  });
  return {
    figures: [
      figure('warm REGISTER, ours / fixed password, by processor time', byCpu('fixed')),
      figure('warm REGISTER/s, ours / fixed password', byRate('fixed')),
    ],
    tables: [
      {
        title: 'Warm REGISTER through Kamailio',
        columns: [
          ...['which', `Kamailio's cpu per REGISTER`, 'REGISTER/s at most'],
          ...['ours by cpu', 'ours by rate'],
        ],
        rows: names.map((name) => [
          titles[name],
          `${(middle(steady[name]) * 1000).toFixed(0)} µs`,
          Math.round(middle(fastest[name])),
          byCpu(name).toFixed(2),
          byRate(name).toFixed(2),
        ]),
        note: `Challenge and answer count as one. The same: modules and parameters, topology hiding, file of contacts, nonces good for once; without passwords of users, flushes, floods, guesses, scanners, malformed messages and the bus. Bare: only what a digest and a contact need. Middle of ${rounds} rounds in turn, ${workers} workers each; ${failed} failed. Processor time at ${rate}/s; the highest rate with ${atOnce} at a time, SIPp on the same cores.`,
      },
    ],
  };
}
