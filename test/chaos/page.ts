// The tables in docs/operations/when-it-dies.md, one for each mix of parts: rows of cases that were run take the place of those of before.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Mix } from '../e2e/mix.ts';
import { asMarkdown, type Table } from '../load/outcome.ts';
import { losses } from './losses.ts';

const page = fileURLToPath(new URL('../../docs/operations/when-it-dies.md', import.meta.url));
/** What stands above it is written by hand. */
const marker = '<!-- What follows is written by `npm run chaos -- --write`. -->';
const order = losses.map(({ name }) => name);

/** Puts the table there, among those of other mixes. */
export function writeTable(table: Table): void {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}.`;
  writeFileSync(page, withTable(readFileSync(page, 'utf8'), table, machine, order));
}

/**
 * The text of the page with the table in the section of its title. Rows of other cases stay there when they look at the
 * same things and say the same of how it was measured; rows come in this order of cases.
 */
export function withTable(text: string, table: Table, machine: string, cases: readonly string[]): string {
  const [byHand = '', written = ''] = text.split(marker);
  const sections = written.split(/^(?=## )/m).filter((section) => section.startsWith('## '));
  const at = sections.findIndex((section) => section.startsWith(`## ${table.title}\n`));
  const rows = new Map(
    [...keptOf(sections[at] ?? '', table), ...table.rows].map((row) => [String(row[0]), row]),
  );
  const sorted = cases.flatMap((name) => {
    const row = rows.get(name);
    return row ? [row] : [];
  });
  const section = `${asMarkdown({ ...table, rows: sorted })}\n\n${machine}\n`;
  sections.splice(at < 0 ? sections.length : at, 1, section);
  return `${byHand}${marker}\n\n${sections.map((it) => it.trimEnd()).join('\n\n')}\n`;
}

function keptOf(section: string, { note, columns }: Table): string[][] {
  const same = section.includes(`\n${note}\n`) && section.includes(`| ${columns.join(' | ')} |`);
  const lines = same ? section.split('\n').filter((line) => line.startsWith('| ')) : [];
  // Without the head; the rule below it begins with `| ---`.
  return lines.slice(2).map((line) => line.slice(2, -2).split(' | '));
}

/** What a mix is called: the title of its table, without addresses and passwords. */
export function titleOf({ bus, store, switch: switches, edge }: Mix): string {
  const given = (list: string, one: string, more: (count: number) => string): string => {
    const { length } = list.split(',');
    return length === 1 ? one : more(length);
  };
  const words = [
    bus === 'embedded'
      ? 'embedded broker'
      : bus === 'rabbitmq-cluster'
        ? 'three RabbitMQs'
        : given(bus, 'RabbitMQ', (count) => `${count} RabbitMQs`),
    store === 'embedded'
      ? 'embedded store'
      : given(store, 'CouchDB', (count) => `a cluster of ${count} CouchDBs`),
    switches === 'embedded'
      ? 'embedded switches'
      : given(switches, 'FreeSWITCH', (count) => `${count} FreeSWITCHes`),
    edge === 'embedded' ? 'embedded edge' : edge === 'kamailio' ? 'two Kamailios' : 'drachtio',
  ];
  return words.join(', ').replace(/^./, (letter) => letter.toUpperCase());
}
