// Spawn and message rate of call actors: core/actors against nact alone.
import { median, spread, whole } from './numbers.ts';
import type { Bench, Figure, Table } from './outcome.ts';
import { startWorker } from './worker.ts';
import type { ActorWay, Task } from './workers/actors.ts';

const rounds = 11;

const works: readonly (Omit<Task, 'way'> & { readonly title: string })[] = [
  { title: 'spawned, with a first message', actors: 40_000, messages: 1, waits: false },
  { title: 'messages', actors: 1_000, messages: 1_000, waits: false },
  { title: 'messages to a behaviour that awaits', actors: 1_000, messages: 500, waits: true },
];

export const actors: Bench = {
  name: 'actors',
  about: 'spawn and message rate of call actors against bare nact',
  run: async (progress) => {
    const worker = await startWorker('actors');
    const rows: string[][] = [];
    const figures: Figure[] = [];
    try {
      for (const { title, ...task } of works) {
        const { actors, messages } = task;
        progress(`${rounds} rounds: ${whole(actors)} actors, ${messages} messages each`);
        const rates: Record<ActorWay, number[]> = { bare: [], supervised: [] };
        const run = async (way: ActorWay): Promise<number> =>
          (actors * messages * 1000) / (await worker.ask<number>({ way, ...task } satisfies Task));
        for (const way of ['bare', 'supervised'] as const) await run(way);
        for (let round = 0; round < rounds; round += 1) {
          const order =
            round % 2 === 0 ? (['bare', 'supervised'] as const) : (['supervised', 'bare'] as const);
          for (const way of order) rates[way].push(await run(way));
        }
        const ratios = rates.supervised.map((rate, at) => rate / (rates.bare[at] ?? Number.NaN));
        rows.push([title, whole(median(rates.bare)), whole(median(rates.supervised)), spread(ratios)]);
        const rate = whole(median(rates.supervised));
        figures.push({ figure: `call actors: ${title}`, value: `${rate}/s, ${spread(ratios)} of bare nact` });
      }
    } finally {
      await worker.stop();
    }
    const table: Table = {
      title: 'Call actors',
      columns: ['work', 'bare nact /s', 'core/actors /s', 'ratio (spread)'],
      rows,
      note: `${rounds} interleaved rounds in one process, medians. core/actors adds names, a bounded mailbox, supervision, gauges and dead letters.`,
    };
    return { tables: [table], figures };
  },
};
