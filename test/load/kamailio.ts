// What our authentication costs a Kamailio: warm REGISTERs at our edge beside the same Kamailio with a password in its script.
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
import { writeKamailioConfig } from '../../rel/kamailio/config.ts';
import { eventually } from '../e2e/eventually.ts';
import { freePorts } from '../e2e/ports.ts';
import { startRegistrar } from '../edge/registrar.ts';
import { milliseconds } from './numbers.ts';
import type { Bench } from './outcome.ts';
import { crowd } from './sipp.ts';

const realm = 'bench.mirliton.test';
const phones = 400;
const count = 12_000;
const rate = 1_500;
const rounds = 3;
const workers = 4;
/** For the highest rate: as many at a time keep a few workers busy without a queue that overflows. */
const atOnce = 40;

interface Measured {
  readonly stop: () => Promise<void>;
  /** Seconds of processor time of all its processes so far. */
  cpu(): number;
  readonly sip: string;
}

/** Starts Kamailio on this file and waits until it answers SIP. */
async function start(file: string, folder: string, sip: string): Promise<Measured> {
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

/** The least that a registrar with digests needs, and the same table of contacts. */
const fixed = (folder: string, sip: string): string =>
  readFileSync(fileURLToPath(new URL('fixed-password.cfg', import.meta.url)), 'utf8')
    .replaceAll('{sip}', sip)
    .replaceAll('{database}', `sqlite:///${join(folder, 'edge.sqlite')}`)
    .replaceAll('{workers}', String(workers));

export const kamailio: Bench = {
  name: 'kamailio',
  about: 'warm REGISTERs through Kamailio with our authentication, and with a fixed password',
  run: async (progress) => {
    const ends: (() => Promise<void> | void)[] = [];
    try {
      const ports = await freePorts(4);
      const [ours, plain, rpc] = ports.map((port) => `127.0.0.1:${port}`) as [string, string, string];
      const broker = await startBroker({ host: '127.0.0.1', port: 0 });
      ends.push(() => broker.stop());
      const sender = { appName: 'registrar', appVersion: '0', node: 'registrar@bench' };
      const bus = await connectBus({
        ...{ urls: [broker.url], ...sender, strict: false },
        ...{ log: logger('bench'), metrics: createMetrics() },
      });
      ends.push(() => bus.close());
      await startRegistrar(bus);
      const folder = (): string => {
        const made = mkdtempSync(join(tmpdir(), 'mirliton-kamailio-'));
        ends.push(() => rmSync(made, { recursive: true, force: true }));
        return made;
      };
      const [a, b] = [folder(), folder()];
      const site = { folder: a, zone: 'bench', bus: broker.url, secret: 'bench', sip: [ours], rpc, workers };
      const edge = await start(writeKamailioConfig({ ...site, logLevel: 0 }), a, ours);
      ends.push(edge.stop);
      writeKamailioConfig({ ...site, folder: b });
      writeFileSync(join(b, 'fixed.cfg'), fixed(b, plain));
      const peer = await start(join(b, 'fixed.cfg'), b, plain);
      ends.push(peer.stop);
      const run = async ({ sip, cpu }: Measured, many: number, limits: { rate: number; atOnce?: number }) => {
        const [port] = (await freePorts(1)) as [number];
        // One password for both: what is looked up at ours stands in the script of the other.
        const lines = Array.from({ length: phones }, (_, at) => {
          const user = `bench${at}`;
          const password = sip === plain ? 'fixed' : `secret-${user}`;
          return [user, `[authentication username=${user} password=${password}]`, realm, String(port)];
        });
        const before = cpu();
        const began = performance.now();
        const result = await crowd({
          scenario: 'register',
          lines,
          proxy: sip,
          port,
          count: many,
          watch: false,
          ...limits,
        });
        const seconds = (performance.now() - began) / 1000;
        return { each: ((cpu() - before) / many) * 1000, rate: many / seconds, ...result };
      };
      progress(`${phones} phones register for the first time`);
      for (const it of [edge, peer]) await run(it, phones, { rate: 200 });
      const steady = { ours: [] as number[], plain: [] as number[] };
      const fastest = { ours: [] as number[], plain: [] as number[] };
      let failed = 0;
      for (let round = 1; round <= rounds; round++)
        for (const [name, it] of [
          ['ours', edge],
          ['plain', peer],
        ] as const) {
          progress(`round ${round} of ${rounds}, ${name}: ${count} at ${rate}/s, then as fast as it can`);
          const even = await run(it, count, { rate });
          steady[name].push(even.each);
          const fast = await run(it, count, { rate: 100_000, atOnce });
          fastest[name].push(fast.rate);
          failed += even.failed + fast.failed;
        }
      const middle = (values: readonly number[]): number =>
        [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)] ?? 0;
      const byCpu = middle(steady.plain) / middle(steady.ours);
      const byRate = middle(fastest.ours) / middle(fastest.plain);
      const row = (title: string, name: 'ours' | 'plain') => [
        title,
        milliseconds(middle(steady[name])),
        Math.round(middle(fastest[name])),
      ];
      return {
        figures: [
          {
            figure: 'warm REGISTER, ours / fixed password, by processor time',
            value: byCpu.toFixed(2),
            aim: '≥ 0.8',
            met: byCpu >= 0.8,
          },
          {
            figure: 'warm REGISTER/s, ours / fixed password',
            value: byRate.toFixed(2),
            aim: '≥ 0.8',
            met: byRate >= 0.8,
          },
        ],
        tables: [
          {
            title: 'Warm REGISTER through Kamailio',
            columns: ['which', `Kamailio's cpu per REGISTER`, 'REGISTER/s at most'],
            rows: [row('our edge', 'ours'), row('fixed password', 'plain')],
            note: `Challenge and answer count as one. Middle of ${rounds} rounds in turn, ${workers} workers each; ${failed} failed. Processor time at ${rate}/s; the highest rate with ${atOnce} at a time, SIPp on the same cores.`,
          },
        ],
      };
    } finally {
      for (const end of ends.reverse()) await end();
    }
  },
};
