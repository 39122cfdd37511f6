// npm run chaos [-- options] [words of cases …] [--write]: live calls while everything dies in turn; prints a table.
import { parseArgs } from 'node:util';
import { mixOfRun } from '../e2e/mix.ts';
import { startZone } from '../e2e/zone.ts';
import { asText, type Table } from '../load/outcome.ts';
import { cabledApps, type Loss, losses } from './losses.ts';
import { titleOf, writeTable } from './page.ts';
import { columns, openArena } from './round.ts';

const usage = `usage: npm run chaos [-- options] [words of cases …]
  --bus, --store, --switch, --edge   as of npm run e2e; default: RabbitMQ, embedded, embedded, Kamailio
  --store-pids   a file with the pids of the nodes of that CouchDB, one a line; somebody else starts a killed one again
  --count   callflow=2,…             how often each app runs
  --write                            puts the table of this mix into docs/operations/when-it-dies.md
cases:
${losses.map(({ name }) => `  ${name}`).join('\n')}`;

const { values, positionals } = parseArgs({
  options: {
    bus: { type: 'string', default: 'rabbitmq' },
    store: { type: 'string', default: 'embedded' },
    'store-pids': { type: 'string', default: '' },
    switch: { type: 'string', default: 'embedded' },
    edge: { type: 'string', default: 'kamailio' },
    count: { type: 'string', default: 'callflow=2,ecallmgr=2,registrar=2,trunkstore=2,switch=2' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const chosen = losses.filter(
  ({ name }) => positionals.length === 0 || positionals.some((words) => name.includes(words)),
);
if (chosen.length === 0) {
  console.error(`no case has ${JSON.stringify(positionals.join(' '))} in its name\n${usage}`);
  process.exit(2);
}
Object.assign(process.env, {
  MIRLITON_E2E_BUS: values.bus,
  MIRLITON_E2E_STORE: values.store,
  MIRLITON_E2E_STORE_PIDS: values['store-pids'],
  MIRLITON_E2E_SWITCH: values.switch,
  MIRLITON_E2E_EDGE: values.edge,
  MIRLITON_E2E_PROCESSES: 'many',
  MIRLITON_E2E_COUNT: values.count,
  MIRLITON_E2E_START_LIMIT: '300',
});

// What is not as it comes is said with the table: it decides how soon a silent process is known to be one.
const heartbeat = process.env['MIRLITON_BUS_HEARTBEAT'];
const rows: string[][] = [];
const table: Table = {
  title: titleOf(mixOfRun()),
  columns: ['case', ...columns],
  rows,
  note: `${values.count}; each app in a process of its own${heartbeat ? `; bus.heartbeat ${heartbeat}` : ''}.`,
};
const skipped: string[] = [];
let lost = 0;
// A run that is ended finishes its case and shows what it has.
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    stopping = true;
  });
/** One that cannot be begun or healed says nothing of calls; the others may. */
async function runCase(loss: Loss): Promise<void> {
  const findings = await arena.round(loss).catch((error: Error) => {
    lost += 1;
    skipped.push(`${loss.name}: ${error.message}`);
    console.error(`${loss.name} could not be done: ${error.message}`);
  });
  if (!findings) return;
  lost += Object.values(findings).filter(({ ok }) => !ok).length;
  rows.push([loss.name, ...columns.map((column) => findings[column]?.text ?? '')]);
  // At once: a run of forty minutes may not come to its end.
  if (values.write) writeTable(table);
  console.log(`${loss.name}: ${columns.map((column) => `${column} ${findings[column]?.text}`).join(' · ')}`);
}

const zone = await startZone({}, 2, cabledApps);
const arena = await openArena(zone).catch(async (error: unknown) => {
  await zone.stop();
  throw error;
});
try {
  for (const loss of chosen) {
    if (stopping) break;
    const reason = loss.cannot(zone);
    if (reason) skipped.push(`${loss.name}: ${reason}`);
    else await runCase(loss);
  }
  await arena.nothingLeaks().catch((error: Error) => {
    lost += 1;
    console.log(`left at the end: ${error.message}`);
  });
} finally {
  await arena.stop();
  await zone.stop();
}
console.log(asText(table));
for (const line of skipped) console.log(`not done: ${line}`);
console.log(`${lost === 0 ? 'nothing' : lost} lost`);
process.exit(lost === 0 ? 0 : 1);
