// A zone that does nothing: how soon it is ready, and what it holds and uses then.
import { setTimeout as pause } from 'node:timers/promises';

import { median, megabytes } from './numbers.ts';
import type { Bench } from './outcome.ts';
import { startMeasuredZone } from './zone.ts';

const starts = 3;
const rest = 10_000;
const readyAim = 5;
const memoryAim = 350 * 1024 * 1024;

async function once() {
  const start = performance.now();
  const zone = await startMeasuredZone();
  const first = (performance.now() - start) / 1000;
  try {
    const before = zone.resident();
    const { cpu, seconds } = await zone.cost(() => pause(rest));
    const { rss, heap } = await zone.memory();
    return { first, before, cpu: cpu / seconds, rss, heap };
  } finally {
    await zone.stop();
  }
}

export const idle: Bench = {
  name: 'idle',
  about: 'time to ready, idle memory and idle processor time of an embedded zone',
  run: async (progress) => {
    const runs: Awaited<ReturnType<typeof once>>[] = [];
    for (let at = 1; at <= starts; at += 1) {
      progress(`start ${at} of ${starts}, then ${rest / 1000} s of rest`);
      runs.push(await once());
    }
    const of = (pick: (run: (typeof runs)[number]) => number): number => median(runs.map(pick));
    const ready = of(({ first }) => first);
    const resident = of(({ before }) => before);
    return {
      figures: [
        {
          figure: 'start to ready',
          value: `${ready.toFixed(1)} s`,
          aim: `about ${readyAim} s`,
          met: ready < readyAim * 1.2,
        },
        { figure: 'idle memory', value: megabytes(resident), aim: '< 350 MB', met: resident < memoryAim },
        { figure: 'idle processor time', value: `${(of(({ cpu }) => cpu) * 100).toFixed(1)} % of a core` },
      ],
      tables: [
        {
          title: 'A zone at rest',
          columns: ['start', 'ready after', 'resident when ready', 'resident, collected', 'heap', 'idle cpu'],
          rows: runs.map(({ first, before, rss, heap, cpu }, at) => [
            ...[at + 1, `${first.toFixed(1)} s`, megabytes(before), megabytes(rss), megabytes(heap)],
            `${(cpu * 100).toFixed(1)} %`,
          ]),
          note: 'First start on an empty folder, from a built tree, until a client has logged in over REST.',
        },
      ],
    };
  },
};
