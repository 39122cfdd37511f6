// npm run fuzz [-- --count N --seed N]: bent requests against every operation of the REST API; ends with 1 when one made it fail.
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { modules } from '../../apps/crossbar/resources/index.ts';
import { fuzz } from '../../apps/crossbar/testing/fuzz.ts';
import { startRest } from '../../apps/crossbar/testing/rest.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
  },
});
/** Requests against one account: the database in memory slows down with what is in it. */
const round = 2000;
const rest = await startRest();
let failures = 0;
const shares = new Map<number, number>();
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
const collect = collector();
collect();
const before = process.memoryUsage();
for (let sent = 0; sent < Number(values.count); sent += round) {
  const seed = Number(values.seed) + sent;
  const count = Math.min(round, Number(values.count) - sent);
  const { findings, statuses, succeeded } = await fuzz(rest, await rest.account(`fuzz${sent}`), modules, {
    seed,
    count,
  });
  for (const { status, message, request } of findings) console.log(`${status} ${message}: ${request}`);
  failures += findings.length;
  for (const [status, times] of statuses) shares.set(status, (shares.get(status) ?? 0) + times);
  collect();
  const { heapUsed } = process.memoryUsage();
  console.log(
    `seed ${seed}: ${sent + count} requests, ${succeeded} of the last ${count} did something, ${failures} failures in all; heap ${megabytes(heapUsed)}`,
  );
}
const percent = (times: number): string => `${((100 * times) / Number(values.count)).toFixed(1)} %`;
const byStatus = [...shares]
  .sort(([a], [b]) => a - b)
  .map(([status, times]) => `${status}: ${percent(times)}`);
console.log(`answers by status: ${byStatus.join(', ')}`);
collect();
const after = process.memoryUsage();
console.log(
  `memory with the database in it, before and after: heap ${megabytes(before.heapUsed)}, ${megabytes(after.heapUsed)}; resident ${megabytes(before.rss)}, ${megabytes(after.rss)}`,
);
await rest.stop();
process.exitCode = failures > 0 ? 1 : 0;

/** Collects garbage, so that what stays is seen. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
