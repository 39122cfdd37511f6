// Memory of live calls and of registrations, at a thousand and at ten thousand of them.
import { freePorts } from '../e2e/ports.ts';
import { megabytes } from './numbers.ts';
import type { Bench, Figure, Table } from './outcome.ts';
import { startWorker } from './worker.ts';
import type { Memory } from './workers/memory.ts';

/** More of them at each look; the last is what growth is judged by. */
const looks = [1_000, 10_000];
/** Growth is linear when one of ten thousand takes no more than one of a thousand, give or take a fifth. */
const growth = 1.2;

interface Look {
  readonly count: number;
  readonly memory: Memory;
}

/** Looks at nothing, then at each of `looks`; `more` makes so many more. */
async function grow(more: (count: number) => Promise<Memory>): Promise<Look[]> {
  const seen: Look[] = [{ count: 0, memory: await more(0) }];
  for (const count of looks) seen.push({ count, memory: await more(count - (seen.at(-1)?.count ?? 0)) });
  return seen;
}

async function liveCalls(): Promise<Look[]> {
  const [port] = (await freePorts(1)) as [number];
  const password = 'bench';
  const broker = await startWorker('broker');
  const workers = [broker];
  try {
    const phones = await startWorker('parked-calls', password, String(port));
    workers.push(phones);
    const controllers = await startWorker('controllers', String(broker.hello), String(port), password);
    workers.push(controllers);
    return await grow(async (calls) => {
      await phones.ask({ calls });
      return controllers.ask<Memory>({});
    });
  } finally {
    for (const worker of workers.reverse()) await worker.stop();
  }
}

async function registrations(): Promise<Look[]> {
  const worker = await startWorker('registrations');
  try {
    return await grow((count) => worker.ask<Memory>({ registrations: count }));
  } finally {
    await worker.stop();
  }
}

/** Bytes that each takes between nothing and this look. */
const each = (seen: readonly Look[], at: number, kind: keyof Memory): number => {
  const [none, look] = [seen[0], seen[at]];
  return none && look ? (look.memory[kind] - none.memory[kind]) / look.count : Number.NaN;
};
const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} kB`;

function outcome(title: string, one: string, seen: readonly Look[], note: string) {
  const last = seen.length - 1;
  const ratio = each(seen, last, 'heap') / each(seen, 1, 'heap');
  const value = looks.map((_, at) => kilobytes(each(seen, at + 1, 'heap'))).join(' and ');
  const figure: Figure = {
    figure: `heap of ${one}, with ${looks.map((count) => count.toLocaleString('en')).join(' and ')} of them`,
    value,
    aim: 'linear growth',
    met: ratio < growth,
  };
  const table: Table = {
    title,
    columns: ['how many', 'heap', 'resident', 'heap of each', 'resident of each'],
    rows: seen.map(({ count, memory }, at) => [
      ...[count.toLocaleString('en'), megabytes(memory.heap), megabytes(memory.rss)],
      ...(['heap', 'rss'] as const).map((kind) => (at === 0 ? '' : kilobytes(each(seen, at, kind)))),
    ]),
    note,
  };
  return { figure, table };
}

export const memory: Bench = {
  name: 'memory',
  about: 'memory of 1,000 and 10,000 live calls, and of as many registrations',
  run: async (progress) => {
    progress(`${looks.join(' and ')} live calls`);
    const calls = outcome(
      'Memory of live calls',
      'a live call',
      await liveCalls(),
      'ecallmgr and callflow in one process on the embedded broker; calls of one leg without media, held by an action on a switch that only speaks the event socket: channel, claim, checkpoint, control queue, two actors. After a collection each.',
    );
    progress(`${looks.join(' and ')} registrations`);
    const table = outcome(
      'Memory of registrations',
      'a registration',
      await registrations(),
      "The registrar's table of who is registered where, one contact for each user. After a collection each.",
    );
    return { figures: [calls.figure, table.figure], tables: [calls.table, table.table] };
  },
};
