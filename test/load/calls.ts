// Calls from phone to phone through a whole embedded zone: how many a second, how soon they ring, what one costs.
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '../e2e/ports.ts';
import { megabytes, milliseconds, quantile } from './numbers.ts';
import type { Bench, Figure, Table } from './outcome.ts';
import { answering, type CrowdResult, crowd } from './sipp.ts';
import { type MeasuredZone, startMeasuredZone } from './zone.ts';

/** Calls a second that are tried, one after the other, until one is too much. */
const ramp = [5, 10, 20, 30, 40, 60, 80, 120, 160];
const seconds = 10;
const duration = 3_000;
const ring = 100;
/** A rate is usable when 99 of 100 calls ring within this, no message is sent twice, and no call fails. */
const limit = 250;
const held = 200;
/** Ended SIP transactions and dialogs are kept for 32 s. */
const settling = 40_000;

interface Ringing {
  /** Milliseconds from the first INVITE, which is challenged, to 180. */
  readonly whole: readonly number[];
  /** The same from the INVITE with credentials. */
  readonly authorised: readonly number[];
  /** Messages that came or went more than once. */
  readonly repeated: number;
}

interface Bed {
  readonly zone: MeasuredZone;
  call(rate: number, count: number, duration: number): Promise<CrowdResult>;
  stop(): Promise<void>;
}

/** A zone, one registered phone that answers any number of calls, and one that calls it. */
async function makeBed(): Promise<Bed> {
  const zone = await startMeasuredZone();
  const [here, there] = (await freePorts(2)) as [number, number];
  const proxy = `${zone.sip.host}:${zone.sip.port}`;
  const [caller, callee] = zone.facts.phones as [Phone, Phone];
  const registration = [callee.username, credentialsOf(callee), callee.realm, String(there)];
  await crowd({ scenario: 'register', lines: [registration], proxy, port: there, rate: 1, count: 1 });
  const phone = answering(there, ring);
  const line = [caller.username, credentialsOf(caller), caller.realm, callee.extension];
  return {
    zone,
    call: (rate, count, length) =>
      crowd({ scenario: 'caller', lines: [line], proxy, port: here, rate, count, pause: length }),
    stop: async () => {
      await phone.stop();
      await zone.stop();
    },
  };
}

type Phone = MeasuredZone['facts']['phones'][number];

/** SIPp fills fields into a line, but not into the inside of its own keywords. */
export const credentialsOf = ({ username, password }: Pick<Phone, 'username' | 'password'>): string =>
  `[authentication username=${username} password=${password}]`;

function ringing({ seen, retransmissions }: CrowdResult): Ringing {
  const first = new Map<string, number>();
  const authorised = new Map<string, number>();
  const rung = new Map<string, number>();
  const times = new Map<string, number>();
  for (const { at, way, callId, cseq, first: line } of seen) {
    const key = `${way} ${callId} ${cseq} ${line}`;
    times.set(key, (times.get(key) ?? 0) + 1);
    if (way === 'S' && line.startsWith('INVITE')) {
      if (!first.has(callId)) first.set(callId, at);
      if (cseq.includes(' 2 ') || cseq.includes(':2 ')) authorised.set(callId, authorised.get(callId) ?? at);
    }
    if (way === 'R' && line.startsWith('SIP/2.0 180') && !rung.has(callId)) rung.set(callId, at);
  }
  const since = (starts: ReadonlyMap<string, number>) =>
    [...rung].map(([callId, at]) => at - (starts.get(callId) ?? Number.NaN));
  const repeats = [...times.values()].reduce((sum, count) => sum + count - 1, 0);
  return { whole: since(first), authorised: since(authorised), repeated: Math.max(retransmissions, repeats) };
}

const p50 = (values: readonly number[]): string => milliseconds(quantile(values, 0.5));
const p99 = (values: readonly number[]): string => milliseconds(quantile(values, 0.99));

/** Climbs until a rate is too much twice running; answers the rows and the last usable rate. */
async function climb(bed: Bed, progress: (line: string) => void) {
  const rows: string[][] = [];
  let usable = 0;
  for (const rate of ramp) {
    let step = await climbTo(bed, rate, progress);
    rows.push(step.row);
    if (!step.good) {
      // Something else may have wanted the machine.
      step = await climbTo(bed, rate, progress);
      rows.push(step.row);
    }
    if (!step.good) break;
    usable = rate;
  }
  return { rows, usable };
}

async function climbTo({ zone, call }: Bed, rate: number, progress: (line: string) => void) {
  const count = rate * seconds;
  progress(`${count} calls at ${rate}/s`);
  const { cpu, result } = await zone.cost(() => call(rate, count, duration));
  const { whole, repeated } = ringing(result);
  const good = result.failed === 0 && repeated === 0 && quantile(whole, 0.99) < limit;
  const row = [
    ...[`${rate}/s`, String(count), p50(whole), p99(whole), String(repeated), String(result.failed)],
    ...[milliseconds((cpu / count) * 1000), good ? 'yes' : 'NO'],
  ];
  return { row, good };
}

/** The time to 180 at two quiet rates. */
async function timed({ call }: Bed, progress: (line: string) => void) {
  const results: { readonly rate: number; readonly count: number; readonly times: Ringing }[] = [];
  for (const { rate, count } of [
    { rate: 1, count: 20 },
    { rate: 10, count: 200 },
  ]) {
    progress(`${count} calls at ${rate}/s, timed`);
    results.push({ rate, count, times: ringing(await call(rate, count, 500)) });
  }
  return results;
}

/** What a live call holds: memory with `held` calls against memory before and after. */
async function heldCalls({ zone, call }: Bed, progress: (line: string) => void) {
  const rate = 8;
  const length = (held / rate) * 1000 + 12_000;
  progress(`${settling / 1000} s of rest, then ${held} calls held`);
  await pause(settling);
  const before = await zone.memory();
  const calls = call(rate, held, length);
  await pause((held / rate) * 1000 + 5_000);
  const during = await zone.memory();
  const { failed } = await calls;
  await pause(settling);
  const after = await zone.memory();
  return { before, during, after, failed };
}

const table = (title: string, columns: readonly string[], rows: Table['rows'], note: string): Table => ({
  title,
  columns,
  rows,
  note,
});

export const calls: Bench = {
  name: 'calls',
  about: 'calls a second, time to 180, processor and memory per call of an embedded zone',
  run: async (progress) => {
    const bed = await makeBed();
    try {
      progress('200 calls to warm up');
      await bed.call(10, 200, 500);
      const quiet = await timed(bed, progress);
      const { rows, usable } = await climb(bed, progress);
      const memory = await heldCalls(bed, progress);
      const perCall = (memory.during.rss - memory.before.rss) / held;
      const heapPerCall = (memory.during.heap - memory.before.heap) / held;
      const figures: Figure[] = [
        { figure: 'calls set up and torn down, embedded zone', value: `usable to ${usable}/s` },
        ...quiet.map(({ rate, times }) => ({
          figure: `INVITE to 180 at ${rate}/s`,
          value: `p50 ${p50(times.whole)}, p99 ${p99(times.whole)}`,
        })),
        {
          figure: 'memory of a live call',
          value: `${megabytes(heapPerCall)} of heap, ${megabytes(perCall)} resident`,
        },
      ];
      const conditions = `two legs each, digest, ${ring} ms to the answer, no RTP sent; SIPp on the same cores`;
      return {
        figures,
        tables: [
          table(
            'Time from INVITE to 180',
            ['rate', 'calls', 'p50', 'p99', 'p50 with credentials', 'p99 with credentials'],
            quiet.map(({ rate, count, times }) => [
              ...[`${rate}/s`, count, p50(times.whole), p99(times.whole)],
              ...[p50(times.authorised), p99(times.authorised)],
            ]),
            `From the first INVITE, which is challenged; and from the second, which has credentials; ${conditions}.`,
          ),
          table(
            'Memory of live calls',
            ['', 'before', `${held} calls`, 'after', 'per call'],
            (['rss', 'heap'] as const).map((kind) => [
              kind,
              ...[memory.before, memory.during, memory.after].map((it) => megabytes(it[kind])),
              megabytes((memory.during[kind] - memory.before[kind]) / held),
            ]),
            `After a collection each; ${memory.failed} calls failed; ${conditions}.`,
          ),
          table(
            'Calls per second',
            [
              'rate',
              'calls',
              'p50 to 180',
              'p99 to 180',
              'repeated messages',
              'failed',
              'cpu per call',
              'usable',
            ],
            rows,
            `${seconds} s at each rate, calls of ${duration} ms, ${conditions}. Usable: p99 to 180 under ${limit} ms, nothing sent twice, none failed.`,
          ),
        ],
      };
    } finally {
      await bed.stop();
    }
  },
};
