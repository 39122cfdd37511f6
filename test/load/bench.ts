// npm run bench [-- NAME …] [--write]: measures, prints tables, and with --write puts them into docs/benchmarks.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { actors } from './actors.ts';
import { bus } from './bus.ts';
import { calls } from './calls.ts';
import { csv } from './csv.ts';
import { events } from './events.ts';
import { freeswitch } from './freeswitch.ts';
import { idle } from './idle.ts';
import { kamailio } from './kamailio.ts';
import { memory } from './memory.ts';
import { asText, type Bench, type Figure, summary, type Table } from './outcome.ts';
import { renewed } from './page.ts';
import { register } from './register.ts';
import { rest } from './rest.ts';

const benches: readonly Bench[] = [
  bus,
  events,
  actors,
  idle,
  register,
  kamailio,
  calls,
  freeswitch,
  memory,
  rest,
  csv,
];
const page = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

function chosen(): { readonly benches: readonly Bench[]; readonly write: boolean } {
  const { values, positionals } = parseArgs({
    options: { write: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !benches.some((bench) => bench.name === name));
  if (unknown !== undefined) {
    const names = benches.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`);
    throw new Error(`there is no bench ${unknown}; there are\n${names.join('\n')}`);
  }
  const wanted = benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return { benches: wanted, write: values.write };
}

function conditions(): string {
  const [cpu] = cpus();
  const gigabytes = (totalmem() / 1024 ** 3).toFixed(0);
  return `${cpus().length} cores (${cpu?.model.trim()}), ${gigabytes} GB, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}; load and product share the cores, over loopback`;
}

async function main(): Promise<void> {
  const { benches: wanted, write } = chosen();
  const tables: Table[] = [];
  const figures: Figure[] = [];
  console.log(conditions());
  for (const bench of wanted) {
    console.log(`\n${bench.name}: ${bench.about}`);
    const outcome = await bench.run((line) => console.log(`  … ${line}`));
    for (const table of outcome.tables) console.log(asText(table));
    tables.push(...outcome.tables);
    figures.push(...outcome.figures);
  }
  const all = summary(figures);
  console.log(`${asText(all)}\n`);
  if (!write) return;
  const before = existsSync(page) ? readFileSync(page, 'utf8') : '';
  writeFileSync(page, renewed(before, figures, tables, conditions()));
  console.log(`written to ${page}`);
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${(error as Error).message}`);
  process.exitCode = 1;
}
