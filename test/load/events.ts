// Events of a switch a second: ecallmgr's client against modesl, and against a socket that is only read.
import { median, spread, whole } from './numbers.ts';
import type { Bench } from './outcome.ts';
import { startWorker } from './worker.ts';
import type { Flood, Read, Reading } from './workers/event-reader.ts';

const rounds = 5;
/** As many as the queue of the client holds: none may be lost. */
const flooded = 20_000;
const password = 'bench';
const ways: readonly { readonly way: Reading; readonly title: string }[] = [
  { way: 'socket', title: 'bare socket: bytes counted, nothing understood' },
  { way: 'modesl', title: 'bare modesl' },
  { way: 'ours', title: "ecallmgr's client" },
];

export const events: Bench = {
  name: 'events',
  about: "events a second: ecallmgr's client against bare modesl and a bare socket",
  run: async (progress) => {
    const flood = await startWorker('flood', password);
    const { port, bytes } = flood.hello as { readonly port: number; readonly bytes: number };
    const reader = await startWorker('event-reader', String(port), password);
    const reads: Record<Reading, Read[]> = { socket: [], modesl: [], ours: [] };
    try {
      progress(`${rounds} rounds of ${whole(flooded)} events of ${bytes} bytes, each way`);
      for (let round = 0; round <= rounds; round += 1)
        for (const { way } of round % 2 === 0 ? ways : ways.toReversed()) {
          const read = await reader.ask<Read>({ way, events: flooded, bytes } satisfies Flood);
          // The first round only warms up.
          if (round > 0) reads[way].push(read);
        }
    } finally {
      await reader.stop();
      await flood.stop();
    }
    const rate = ({ seconds }: Read): number => flooded / seconds;
    const ratios = reads.ours.map((read, at) => rate(read) / rate(reads.modesl[at] ?? read));
    const dropped = reads.ours.reduce((sum, read) => sum + read.dropped, 0);
    return {
      figures: [
        { figure: 'events/s of a switch, ours / bare modesl', value: spread(ratios) },
        {
          figure: `events lost in floods of ${whole(flooded)}`,
          value: String(dropped),
          aim: 'none',
          met: dropped === 0,
        },
      ],
      tables: [
        {
          title: 'Events of a switch',
          columns: ['client', 'events/s', 'cpu for each', 'lost'],
          rows: ways.map(({ way, title }) => [
            title,
            whole(median(reads[way].map(rate))),
            `${median(reads[way].map(({ cpu }) => cpu)).toFixed(1)} µs`,
            reads[way].reduce((sum, read) => sum + read.dropped, 0),
          ]),
          note: `Events of ${bytes} bytes in json format over loopback, ${whole(flooded)} at once, the sender in a process of its own; medians of ${rounds} interleaved rounds. Ours checks each event and keeps a bounded queue in front of its handler.`,
        },
      ],
    };
  },
};
