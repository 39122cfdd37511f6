// CSV (RFC 4180), with cells that a spreadsheet would run as a formula made harmless.
import { isRecord } from '../../../core/contract/index.ts';

/** One line for each row, under a line of the columns when `withHead`. */
export function csvLines(columns: readonly string[], rows: readonly unknown[], withHead: boolean): string {
  const cells = rows.map((row) => columns.map((column) => (isRecord(row) ? row[column] : row)));
  return [...(withHead ? [columns] : []), ...cells].map((line) => `${line.map(cell).join(',')}\r\n`).join('');
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
function cell(value: unknown): string {
  const text = cellText(value);
  const safe = /^[=@\t\r]|^[+-](?![\d.]+$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
