// The table in docs/operations/when-it-dies.md: rows of cases that were run take the place of those of before.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { asMarkdown, type Table } from '../load/outcome.ts';
import { losses } from './losses.ts';

const page = fileURLToPath(new URL('../../docs/operations/when-it-dies.md', import.meta.url));
/** What stands above it is written by hand. */
const marker = '<!-- What follows is written by `npm run chaos -- --write`. -->';

/** Puts the table there. Rows of other cases stay when they come from the same mix of parts and look at the same things. */
export function writeTable(table: Table): void {
  const text = readFileSync(page, 'utf8');
  const [byHand = '', before = ''] = text.split(marker);
  const same = before.includes(`\n${table.note}\n`) && before.includes(`| ${table.columns.join(' | ')} |`);
  const kept = same ? rowsOf(before) : [];
  const rows = new Map([...kept, ...table.rows].map((row) => [String(row[0]), row]));
  const sorted = losses.flatMap(({ name }) => {
    const row = rows.get(name);
    return row ? [row] : [];
  });
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}.`;
  writeFileSync(page, `${byHand}${marker}\n\n${asMarkdown({ ...table, rows: sorted })}\n\n${machine}\n`);
}

function rowsOf(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('| '));
  // Without the head; the rule below it begins with `| ---`.
  return lines.slice(2).map((line) => line.slice(2, -2).split(' | '));
}
