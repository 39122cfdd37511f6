// A typed request over core/amqp against the same request over amqplib alone, on both brokers.
import { hasRabbit, startRabbit } from '../conformance/rabbitmq.ts';
import { median, milliseconds, spread, whole } from './numbers.ts';
import type { Bench, Figure, Table } from './outcome.ts';
import { startWorker } from './worker.ts';
import type { Way } from './workers/authn.ts';
import type { Load, Run } from './workers/bus-requester.ts';

const inFlight = 50;
const requests = 15_000;
const rounds = 9;
const aim = 0.85;

interface Broker {
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

async function embedded(): Promise<Broker> {
  const worker = await startWorker('broker');
  return { name: 'embedded broker', url: String(worker.hello), stop: () => worker.stop() };
}

async function rabbit(): Promise<Broker> {
  return { name: 'RabbitMQ', ...(await startRabbit()) };
}

/** The two ways take turns, each first in every other round, so that neither profits from a quiet moment. */
async function measure({ url }: Broker): Promise<Record<Way, Run[]>> {
  const responders = await Promise.all(
    (['bare', 'typed'] as const).map((way) => startWorker('bus-responder', way, url)),
  );
  const requester = await startWorker('bus-requester', url);
  const run = (way: Way) => requester.ask<Run>({ way, requests, inFlight } satisfies Load);
  const runs: Record<Way, Run[]> = { bare: [], typed: [] };
  try {
    for (const way of ['bare', 'typed', 'bare', 'typed'] as const) await run(way);
    for (let round = 0; round < rounds; round += 1) {
      const order = round % 2 === 0 ? (['bare', 'typed'] as const) : (['typed', 'bare'] as const);
      for (const way of order) runs[way].push(await run(way));
    }
    return runs;
  } finally {
    await Promise.all([...responders, requester].map((worker) => worker.stop()));
  }
}

function row(name: string, way: string, runs: readonly Run[], ratio: string): string[] {
  const rate = whole(median(runs.map(({ perSecond }) => perSecond)));
  const cpu = `${median(runs.map((it) => it.cpu)).toFixed(1)} µs`;
  const p50 = milliseconds(median(runs.map((it) => it.p50)));
  return [name, way, rate, p50, milliseconds(median(runs.map((it) => it.p99))), cpu, ratio];
}

export const bus: Bench = {
  name: 'bus',
  about: 'typed request over core/amqp against bare amqplib',
  run: async (progress) => {
    const rows: string[][] = [];
    const figures: Figure[] = [];
    const brokers = hasRabbit() ? [rabbit, embedded] : [embedded];
    for (const start of brokers) {
      const broker = await start();
      progress(`${rounds} rounds of 2 × ${whole(requests)} requests on ${broker.name}`);
      try {
        const { bare, typed } = await measure(broker);
        const ratios = typed.map(({ perSecond }, at) => perSecond / (bare[at]?.perSecond ?? Number.NaN));
        rows.push(row(broker.name, 'bare amqplib', bare, ''));
        rows.push(row(broker.name, 'core/amqp', typed, spread(ratios)));
        figures.push({
          figure: `typed request / bare amqplib, ${broker.name}`,
          value: spread(ratios),
          aim: `≥ ${aim}`,
          met: median(ratios) >= aim,
        });
      } finally {
        await broker.stop();
      }
    }
    const table: Table = {
      title: 'Requests over the bus',
      columns: ['broker', 'client', 'requests/s', 'p50', 'p99', 'requester cpu', 'ratio of rates (spread)'],
      rows,
      note: `authn_req and authn_resp, JSON both ways, ${inFlight} in flight, requester, responder and broker are processes of their own; ${rounds} interleaved rounds, medians.`,
    };
    return { tables: [table], figures };
  },
};
