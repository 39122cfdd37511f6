// Makes requests at full speed, a bounded number of them, and tells how long it took: `bus-requester.js URL`.
import { askBare, askTyped, type Way } from './authn.ts';
import { serve } from './parent.ts';

export interface Load {
  readonly way: Way;
  readonly requests: number;
  readonly inFlight: number;
}

export interface Run {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the requester's processor time for each request: steadier than the rate on a busy machine. */
  readonly cpu: number;
}

const [, , url = ''] = process.argv;
const ask = { bare: await askBare(url), typed: await askTyped(url) };

async function run({ way, requests, inFlight }: Load): Promise<Run> {
  const times = new Float64Array(requests);
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let at = next++; at < requests; at = next++) {
      const start = performance.now();
      await ask[way]();
      times[at] = performance.now() - start;
    }
  };
  const used = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, caller));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(used);
  times.sort();
  const at = (share: number): number => times[Math.floor(share * requests)] ?? 0;
  return { perSecond: requests / seconds, p50: at(0.5), p99: at(0.99), cpu: (user + system) / requests };
}

serve(run);
