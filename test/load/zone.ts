// A zone to be measured: a process of its own, as `npm start` makes it, with a probe inside.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startZone, type Zone } from '../e2e/zone.ts';
import { residentOf } from './processor.ts';

/** What the zone has used, seen from inside. */
export interface Usage {
  /** Resident bytes after a collection. */
  readonly rss: number;
  readonly heap: number;
}

export interface MeasuredZone extends Zone {
  /** Resident bytes at this moment, as they are. */
  resident(): number;
  /** Memory after a collection. */
  memory(): Promise<Usage>;
  /** Runs `work` and returns the seconds of processor time that the zone used meanwhile, and the seconds that went by. */
  cost<T>(
    work: () => Promise<T>,
  ): Promise<{ readonly cpu: number; readonly seconds: number; readonly result: T }>;
}

interface Facts {
  readonly cpu: number;
  readonly spent: number;
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

const probe = new URL('probe.mjs', import.meta.url).href;

/** Starts a zone on embedded parts. */
export async function startMeasuredZone(): Promise<MeasuredZone> {
  const folder = mkdtempSync(join(tmpdir(), 'mirliton-bench-'));
  const file = join(folder, 'probe.json');
  const given = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] = `${given ?? ''} --import=${probe}`;
  process.env['MIRLITON_BENCH_PROBE'] = file;
  process.env['MIRLITON_E2E_LOG'] ??= 'warn';
  let zone: Zone;
  try {
    zone = await startZone();
  } finally {
    if (given === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = given;
  }
  const ask = async (): Promise<Facts> => {
    rmSync(file, { force: true });
    process.kill(zone.facts.pid, 'SIGUSR2');
    for (let waited = 0; !existsSync(file); waited += 10) {
      if (waited > 10_000) throw new Error('the zone does not answer the probe');
      await pause(10);
    }
    return JSON.parse(readFileSync(file, 'utf8')) as Facts;
  };
  return {
    ...zone,
    resident: () => residentOf(zone.facts.pid),
    memory: async () => {
      const { rss, heapUsed, external } = await ask();
      return { rss, heap: heapUsed + external };
    },
    cost: async (work) => {
      const before = await ask();
      const start = performance.now();
      const result = await work();
      const seconds = (performance.now() - start) / 1000;
      return { cpu: (await ask()).cpu - before.spent, seconds, result };
    },
    stop: async () => {
      await zone.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
