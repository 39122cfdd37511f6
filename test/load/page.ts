// docs/benchmarks.md: what was measured now takes the place of what was measured of it before; each part says where and when.
import type { Figure, Table } from './outcome.ts';
import { asMarkdown, summary } from './outcome.ts';

const head =
  '# Benchmarks\n\nWritten by `npm run bench -- --write`; with names of benches, only theirs is measured and written anew. Only ratios taken in one run on one machine can be compared.';

interface Section {
  readonly title: string;
  readonly text: string;
}

/** The page with these figures and tables; `conditions` are those of this run. */
export function renewed(
  page: string,
  figures: readonly Figure[],
  tables: readonly Table[],
  conditions: string,
): string {
  const [before, ...old] = sectionsOf(page);
  const made = tables.map((table): Section => {
    const note = [table.note, `Measured on ${conditions}.`].filter(Boolean).join(' ');
    return { title: table.title, text: asMarkdown({ ...table, note }) };
  });
  const kept = old.map((section) => made.find(({ title }) => title === section.title) ?? section);
  const added = made.filter(({ title }) => !old.some((section) => section.title === title));
  const rows = asMarkdown(summary(figures)).split('\n').slice(2);
  const names = new Set(figures.map(({ figure }) => figure));
  const others = (before?.text ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (figure|---) /.test(line))
    .filter((line) => !names.has(line.split(' | ')[0]?.slice(2) ?? ''));
  const all = ['## Summary', '', ...rows, ...others].join('\n');
  return `${[head, all, ...[...kept, ...added].map(({ text }) => text)].join('\n\n')}\n`;
}

/** What begins with `## `, the summary first. */
function sectionsOf(page: string): Section[] {
  const parts = page.split(/^(?=## )/m).slice(1);
  return parts.map((part) => ({ title: part.slice(3, part.indexOf('\n')), text: part.trimEnd() }));
}
