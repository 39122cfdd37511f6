// Calls from phone to phone through a whole embedded zone: how many a second, how soon they ring, what one costs.
import { freePorts } from '../e2e/ports.ts';
import type { Bench, Figure, Table } from './outcome.ts';
import { climb, p50, p99, type Ringing, rampColumns, ringing, usableWhen } from './ringing.ts';
import { answering, type CrowdResult, crowd } from './sipp.ts';
import { type MeasuredZone, startMeasuredZone } from './zone.ts';

const ramp = { from: 10, most: 160, seconds: 8 };
const duration = 3_000;
const ring = 100;

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

const table = (title: string, columns: readonly string[], rows: Table['rows'], note: string): Table => ({
  title,
  columns,
  rows,
  note,
});

export const calls: Bench = {
  name: 'calls',
  about: 'calls a second, time to 180 and processor time per call of an embedded zone',
  run: async (progress) => {
    const bed = await makeBed();
    try {
      progress('200 calls to warm up');
      await bed.call(10, 200, 500);
      const quiet = await timed(bed, progress);
      const { rows, usable } = await climb(ramp, (rate, count) => {
        progress(`${count} calls at ${rate}/s`);
        return bed.zone.cost(() => bed.call(rate, count, duration));
      });
      const figures: Figure[] = [
        { figure: 'calls set up and torn down, embedded zone', value: `usable to ${usable}/s` },
        ...quiet.map(({ rate, times }) => ({
          figure: `INVITE to 180 at ${rate}/s`,
          value: `p50 ${p50(times.whole)}, p99 ${p99(times.whole)}`,
        })),
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
            'Calls per second',
            rampColumns,
            rows,
            `${ramp.seconds} s at each rate, calls of ${duration} ms, ${conditions}. ${usableWhen}`,
          ),
        ],
      };
    } finally {
      await bed.stop();
    }
  },
};
