// npm test: everything, in three lanes side by side, in the order in which a mistake shows soonest; ends with one line of totals.
import '../rel/install.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provideParts } from './parts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mirliton-test-'));
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
const bin = (name) => join(root, 'node_modules', '.bin', name);
// Real parts on a machine that also does other things: what fails is tried once more, and the run says at its end what was.
const mocha = (...args) => [
  bin('mocha'),
  ...args,
  '--retries',
  '1',
  '--reporter',
  join(root, 'test', 'reporter.mjs'),
];
const suite = (...patterns) =>
  mocha('--no-config', '--node-option', 'import=tsx', '--timeout', '30000', ...patterns);

const missing = provideParts();
const without = (...parts) =>
  parts.filter((part) => missing.includes(part)).map((part) => `needs ${part}`)[0];
const phones = ['sipp', 'baresip'];
const kamailio = ['kamailio', 'sqlite3'];

/**
 * Each step: what it proves, the command, more environment, why it cannot run here, and the lane it waits in. Who makes
 * calls mostly waits for them: meanwhile the parts use the processor.
 */
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
  { title: 'ecallmgr with a switch', lane: 'calls', run: suite('apps/ecallmgr/live/*.test.ts') },
  { title: 'calls that outlive their controllers', lane: 'calls', run: suite('test/survival/*.test.ts') },
  { title: 'conformance: event socket', lane: 'calls', run: suite('test/conformance/eventsocket/*.test.ts') },
  { title: 'SIP edge: on drachtio', run: suite('test/edge/*.test.ts') },
  {
    title: 'SIP edge: on Kamailio',
    run: suite('test/edge/*.test.ts'),
    more: { MIRLITON_E2E_EDGE: 'kamailio' },
    cannot: without(...kamailio),
  },
  {
    title: 'end to end, all embedded',
    lane: 'zone',
    // Last those that stop the zone of the others to have one of their own: it is started once.
    run: suite('test/e2e/!(restart|robustness).test.ts', 'test/e2e/@(restart|robustness).test.ts'),
    cannot: without(...phones),
  },
  {
    title: 'end to end, RabbitMQ and Kamailio, each app in its own process',
    lane: 'zone',
    // What attackers send is the matter of the edge suite; operators' commands meet the same apps in the mix before.
    run: suite('test/e2e/!(restart|robustness|mirliton).test.ts', 'test/e2e/restart.test.ts'),
    more: { MIRLITON_E2E_BUS: 'rabbitmq', MIRLITON_E2E_EDGE: 'kamailio', MIRLITON_E2E_PROCESSES: 'many' },
    cannot: without(...phones, ...kamailio, 'rabbitmq-server'),
  },
  {
    title: 'end to end, two ecallmgr, two callflow, two switches',
    lane: 'calls',
    // What makes calls; the rest has been seen in the mixes before.
    run: suite('test/e2e/@(call|carriers|cdr|ivr|ring-group).test.ts'),
    more: { MIRLITON_E2E_PROCESSES: 'many', MIRLITON_E2E_COUNT: 'ecallmgr=2,callflow=2,switch=2' },
    cannot: without(...phones),
  },
  {
    title: 'end to end, while processes die',
    lane: 'calls',
    run: suite('test/chaos/*.test.ts'),
    more: {
      MIRLITON_E2E_BUS: 'rabbitmq',
      MIRLITON_E2E_EDGE: 'kamailio',
      MIRLITON_E2E_PROCESSES: 'many',
      MIRLITON_E2E_COUNT: 'ecallmgr=2,callflow=2,registrar=2,trunkstore=2,switch=2',
      // The most processes of all, begun while the other lanes begin theirs.
      MIRLITON_E2E_START_LIMIT: '200',
    },
    cannot: without(...phones, ...kamailio, 'rabbitmq-server'),
  },
].filter(({ title }) => title.includes(process.argv[2] ?? ''));

/** A step that takes longer hangs: it is ended and has failed. */
const stepLimit = 15 * 60_000;

/** Leaders of the groups that run now; they end with this. */
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const pid of running) process.kill(-pid, signal);
    process.exit(1);
  });

let [passed, failed] = [0, 0];
const skipped = [];
/** What failed, said again at the end: between thousands of lines it is not found. */
const broken = [];
/** What failed at the first attempt. */
const again = [];
/** What kept the process of a step alive after its last test. */
const open = [];

/**
 * The steps of the first queue, one after the other, then what is left in the others. What a step prints is shown when
 * it is over, so that lanes do not mix.
 */
async function lane(name, ...queues) {
  for (let index = 0; ; index += 1) {
    const step = queues.find((queue) => queue.length > 0)?.shift();
    if (!step) return;
    await run(step, join(folder, `${name}-${index}`), laneEnv[name]);
  }
}

async function run({ title, run: [command, ...args], more = {}, cannot }, files, lanes) {
  if (cannot) {
    console.log(`\n=== ${title}\ncannot run here: ${cannot}`);
    skipped.push(`${title} (${cannot})`);
    if (process.env.CI) failed += 1;
    return;
  }
  const [totals, log] = [`${files}.totals`, `${files}.log`];
  const output = openSync(log, 'w');
  const begun = Date.now();
  const child = spawn(command, args, {
    cwd: root,
    // A group of its own, so that nothing it has started outlives it.
    detached: true,
    env: { ...env, ...lanes, ...more, MIRLITON_TEST_TOTALS: totals },
    stdio: ['ignore', output, output],
  });
  running.add(child.pid);
  const late = setTimeout(() => {
    writeSync(output, `\nnot over after ${stepLimit / 60_000} minutes: ended\n`);
    process.kill(-child.pid, 'SIGKILL');
  }, stepLimit);
  const [status] = await once(child, 'exit');
  clearTimeout(late);
  running.delete(child.pid);
  closeSync(output);
  console.log(`\n=== ${title} (${Math.round((Date.now() - begun) / 1000)} s)`);
  console.log(readFileSync(log, 'utf8').trimEnd());
  const sums = existsSync(totals)
    ? readFileSync(totals, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  const total = (key) => sums.reduce((count, sum) => count + (sum[key] ?? 0), 0);
  const all = (key) => sums.flatMap((sum) => sum[key] ?? []);
  const failures = total('failures');
  passed += total('passes');
  // A step that fails without a failed test: lint, types, or a crash of the runner.
  failed += status !== 0 && failures === 0 ? 1 : failures;
  if (status !== 0) broken.push(title, ...all('failed').map((name) => `  ${name}`));
  skipped.push(...all('skipped'));
  again.push(...all('again'));
  open.push(...all('open').map((what) => `${title}: ${what}`));
}

/** Ports of their own, so that none takes one that another is about to use. */
const laneEnv = {
  parts: { MIRLITON_TEST_PORTS: '20000-23999' },
  zone: { MIRLITON_TEST_PORTS: '24000-27999' },
  calls: { MIRLITON_TEST_PORTS: '28000-31999' },
};
const queueOf = (name) => steps.filter((step) => (step.lane ?? 'parts') === name);
const [parts, zone, calls] = Object.keys(laneEnv).map(queueOf);
await Promise.all([lane('parts', parts), lane('zone', zone, calls, parts), lane('calls', calls, parts)]);
for (const name of skipped) console.log(`skipped: ${name}`);
for (const name of again) console.log(`tried again: ${name}`);
for (const what of open) console.log(`left open by ${what}`);
for (const name of broken) console.log(`failed: ${name}`);
rmSync(folder, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
