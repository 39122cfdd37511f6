// npm run fuzz [-- --count N --seed N]: bent requests against every operation of the REST API; ends with 1 when one made it fail.
import { parseArgs } from 'node:util';
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
for (let sent = 0; sent < Number(values.count); sent += round) {
  const seed = Number(values.seed) + sent;
  const count = Math.min(round, Number(values.count) - sent);
  const { findings, succeeded } = await fuzz(rest, await rest.account(`fuzz${sent}`), modules, {
    seed,
    count,
  });
  for (const { status, message, request } of findings) console.log(`${status} ${message}: ${request}`);
  failures += findings.length;
  console.log(
    `seed ${seed}: ${sent + count} requests, ${succeeded} of the last ${count} did something, ${failures} failures in all`,
  );
}
await rest.stop();
process.exitCode = failures > 0 ? 1 : 0;
