// npm test: everything, in the order in which a mistake shows soonest; ends with one line of totals.
import '../rel/install.mjs';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provideParts } from './parts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const totals = join(mkdtempSync(join(tmpdir(), 'mirliton-test-')), 'totals');
const env = { ...process.env, MIRLITON_TEST_TOTALS: totals, PATH: `${process.env.PATH}:/usr/sbin` };
const bin = (name) => join(root, 'node_modules', '.bin', name);
const mocha = (...args) => [bin('mocha'), ...args, '--reporter', join(root, 'test', 'reporter.mjs')];
const suite = (pattern) => mocha('--no-config', '--node-option', 'import=tsx', '--timeout', '30000', pattern);

const missing = provideParts();
const without = (part) => (missing.includes(part) ? `needs ${part}` : undefined);

/** Each step: what it proves, the command, more environment, and why it cannot run here. */
const steps = [
  { title: 'format and lint', run: [bin('biome'), 'ci', '--colors=off', '.'] },
  { title: 'types', run: [bin('tsc'), '--noEmit'] },
  { title: 'unit tests', run: mocha() },
  { title: 'conformance: AMQP, embedded broker', run: suite('test/conformance/amqp/*.test.ts') },
  {
    title: 'conformance: AMQP, RabbitMQ',
    run: [
      process.execPath,
      '--import=tsx',
      'test/conformance/on-rabbitmq.ts',
      ...suite('test/conformance/amqp/*.test.ts'),
    ],
    cannot: without('rabbitmq-server'),
  },
  { title: 'conformance: CouchDB API', run: suite('test/conformance/couch/*.test.ts') },
  { title: 'conformance: drachtio protocol', run: suite('test/conformance/drachtio/*.test.ts') },
  { title: 'ecallmgr with a switch', run: suite('apps/ecallmgr/live/*.test.ts') },
  { title: 'calls that outlive their controllers', run: suite('test/survival/*.test.ts') },
  { title: 'conformance: event socket', run: suite('test/conformance/eventsocket/*.test.ts') },
  { title: 'SIP edge: on drachtio', run: suite('test/edge/*.test.ts') },
  {
    title: 'SIP edge: on Kamailio',
    run: suite('test/edge/*.test.ts'),
    more: { MIRLITON_E2E_EDGE: 'kamailio' },
    cannot: without('kamailio') ?? without('sqlite3'),
  },
  {
    title: 'end to end, all embedded',
    run: suite('test/e2e/*.test.ts'),
    cannot: without('sipp') ?? without('baresip'),
  },
  {
    title: 'end to end, RabbitMQ and Kamailio, each app in its own process',
    run: suite('test/e2e/*.test.ts'),
    more: { MIRLITON_E2E_BUS: 'rabbitmq', MIRLITON_E2E_EDGE: 'kamailio', MIRLITON_E2E_PROCESSES: 'many' },
    cannot:
      without('sipp') ??
      without('baresip') ??
      without('rabbitmq-server') ??
      without('kamailio') ??
      without('sqlite3'),
  },
  {
    title: 'end to end, two ecallmgr, two callflow, two switches',
    // What attackers send meets the same edge in the mixes before.
    run: suite('test/e2e/!(robustness).test.ts'),
    more: { MIRLITON_E2E_PROCESSES: 'many', MIRLITON_E2E_COUNT: 'ecallmgr=2,callflow=2,switch=2' },
    cannot: without('sipp') ?? without('baresip'),
  },
].filter(({ title }) => title.includes(process.argv[2] ?? ''));

let failedSteps = 0;
const skippedSteps = [];
for (const { title, run, more = {}, cannot } of steps) {
  console.log(`\n=== ${title}`);
  if (cannot) {
    console.log(`cannot run here: ${cannot}`);
    skippedSteps.push(`${title} (${cannot})`);
    if (process.env.CI) failedSteps += 1;
    continue;
  }
  const before = failures();
  const [command, ...args] = run;
  const { status } = spawnSync(command, args, {
    cwd: root,
    env: { ...env, ...more },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  // A step that fails without a failed test: lint, types, or a crash of the runner.
  if (status !== 0 && failures() === before) failedSteps += 1;
}

const sums = read();
const skipped = sums.flatMap((sum) => sum.skipped);
for (const name of [...skippedSteps, ...skipped]) console.log(`skipped: ${name}`);
const passed = sums.reduce((count, { passes }) => count + passes, 0);
const failed = failures() + failedSteps;
rmSync(join(totals, '..'), { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

function read() {
  return existsSync(totals)
    ? readFileSync(totals, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
}

function failures() {
  return read().reduce((count, sum) => count + sum.failures, 0);
}
