// What a bench finds out, and how it is shown: tables on the screen or in Markdown.

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** How it was measured. */
  readonly note?: string;
}

/** One line of the summary. */
export interface Figure {
  readonly figure: string;
  readonly value: string;
  /** What the project asks for, where it asks for something, and whether it is so. */
  readonly aim?: string;
  readonly met?: boolean;
}

export interface Outcome {
  readonly tables: readonly Table[];
  readonly figures: readonly Figure[];
}

export interface Bench {
  readonly name: string;
  readonly about: string;
  /** `progress` tells a person that waits what is being done. */
  run(progress: (line: string) => void): Promise<Outcome>;
}

export function summary(figures: readonly Figure[]): Table {
  const verdict = ({ met }: Figure): string => (met === undefined ? '' : met ? 'yes' : 'NO');
  return {
    title: 'Summary',
    columns: ['figure', 'value', 'aim', 'met'],
    rows: figures.map((it) => [it.figure, it.value, it.aim ?? '', verdict(it)]),
  };
}

/** A table for the screen. */
export function asText({ title, columns, rows, note }: Table): string {
  const cells = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd();
  const rule = line(widths.map((width) => '-'.repeat(width)));
  const [head = [], ...body] = cells;
  return [`\n${title}`, line(head), rule, ...body.map(line), ...(note ? [`  ${note}`] : [])].join('\n');
}

/** The same for a page. */
export function asMarkdown({ title, columns, rows, note }: Table): string {
  const line = (row: readonly (string | number)[]) => `| ${row.join(' | ')} |`;
  const table = [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
  return [`## ${title}`, ...(note ? [note] : []), table].join('\n\n');
}
