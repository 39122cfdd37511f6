// CouchDB's reduce functions: the built-in ones here, JavaScript ones in the sandbox.
import { CouchError } from './errors.ts';
import { callFunction } from './sandbox.ts';

export interface Row {
  id: string;
  key: unknown;
  value: unknown;
}

const CHUNK = 2000;

export const BUILT_IN = ['_sum', '_count', '_stats', '_approx_count_distinct'];

/** Reduces the rows of one group to its value. */
export function reduceRows(reduce: string, rows: readonly Row[]): unknown {
  if (reduce === '_count') return rows.length;
  if (reduce === '_sum') return rows.reduce<unknown>((total, { value }) => add(total, value), 0);
  if (reduce === '_stats') return stats(rows);
  if (reduce === '_approx_count_distinct') return new Set(rows.map(({ key }) => JSON.stringify(key))).size;
  const parts: unknown[] = [];
  for (let start = 0; start < rows.length; start += CHUNK) {
    const chunk = rows.slice(start, start + CHUNK);
    const keys = chunk.map(({ key, id }) => [key, id]);
    const values = chunk.map(({ value }) => value);
    parts.push(callFunction(reduce, [keys, values, false]));
  }
  return parts.length === 1 ? parts[0] : callFunction(reduce, [null, parts, true]);
}

const invalid = (name: string, wanted: string, value: unknown) =>
  new CouchError(
    500,
    'invalid_value',
    `The ${name} function requires that map values be ${wanted}, not '${JSON.stringify(value)}'`,
  );

/** Numbers add up; arrays add up place by place, objects member by member. */
function add(total: unknown, value: unknown): unknown {
  if (typeof value === 'number' && typeof total === 'number') return total + value;
  if (Array.isArray(value) || Array.isArray(total)) {
    const [left, right] = [total, value].map((side) => (Array.isArray(side) ? side : [side]));
    const length = Math.max(left?.length ?? 0, right?.length ?? 0);
    return Array.from({ length }, (_, index) => add(left?.[index] ?? 0, right?.[index] ?? 0));
  }
  if (typeof value === 'object' && value !== null) {
    const sums: Record<string, unknown> = typeof total === 'object' ? { ...total } : {};
    for (const [name, member] of Object.entries(value)) sums[name] = add(sums[name] ?? 0, member);
    return sums;
  }
  throw invalid('_sum', 'numbers, arrays of numbers or objects', value);
}

interface Stats {
  sum: number;
  count: number;
  min: number;
  max: number;
  sumsqr: number;
}

function stats(rows: readonly Row[]): Stats | Stats[] {
  const first = rows[0]?.value;
  if (Array.isArray(first)) return first.map((_, place) => columnStats(rows, (value) => at(value, place)));
  return columnStats(rows, (value) => value);
}

const at = (value: unknown, place: number): unknown => (Array.isArray(value) ? value[place] : undefined);

function columnStats(rows: readonly Row[], pick: (value: unknown) => unknown): Stats {
  const total = { sum: 0, count: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, sumsqr: 0 };
  for (const row of rows) {
    const value = pick(row.value);
    if (typeof value !== 'number') throw invalid('_stats', 'numbers or arrays of numbers', row.value);
    total.sum += value;
    total.count += 1;
    total.min = Math.min(total.min, value);
    total.max = Math.max(total.max, value);
    total.sumsqr += value * value;
  }
  return total;
}
