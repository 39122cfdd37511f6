// CSV (RFC 4180), with cells that a spreadsheet would run as a formula made harmless.
import { isRecord } from '../../../core/contract/index.ts';

/** One line for each row, under a line of the columns when `withHead`. */
export function csvLines(columns: readonly string[], rows: readonly unknown[], withHead: boolean): string {
  return written(columns, rows, withHead, (value) => harmless(cellText(value)));
}

/** The same for what no spreadsheet is to see: every cell comes back as it was. */
export function plainCsv(columns: readonly string[], rows: readonly unknown[]): string {
  return written(columns, rows, true, cellText);
}

function written(
  columns: readonly string[],
  rows: readonly unknown[],
  withHead: boolean,
  text: (value: unknown) => string,
): string {
  let lines = withHead ? `${columns.map((name) => quoted(text(name))).join(',')}\r\n` : '';
  // Loops, because some files have a hundred thousand lines.
  for (const row of rows) {
    const record = isRecord(row) ? row : undefined;
    let line = '';
    for (const column of columns) line += `${quoted(text(record ? record[column] : row))},`;
    lines += `${line.slice(0, -1)}\r\n`;
  }
  return lines;
}

/** The keys of rows, each once, in the order of their first appearance. */
export function columnsOf(rows: readonly unknown[]): string[] {
  const names = new Set(rows.flatMap((row) => (isRecord(row) ? Object.keys(row) : ['value'])));
  return [...names];
}

/** The text of a cell: objects and lists as JSON. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

// Callers choose what stands in some cells: one that begins like a formula gets an apostrophe. Numbers and phone numbers stay.
const harmless = (text: string): string => (/^[=@\t\r]|^[+-](?![\d.]+$)/.test(text) ? `'${text}` : text);

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
