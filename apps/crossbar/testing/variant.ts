// Many documents from the one example of a resource: its unique fields are counted up, its name and its numbers.
import { getAt, isRecord, putAt, type UniqueField } from '../../../core/contract/index.ts';
import type { PlainResource } from '../engine/index.ts';

type Json = Record<string, unknown>;

/** The example with every unique field at its `n`th value; the first (0) is the example itself. */
export function variant({ example, unique = [] }: PlainResource, n: number): Json {
  const copy = structuredClone(example) as Json;
  if (n === 0) return copy;
  const paths = new Set([...unique.map(({ field }: UniqueField) => field), 'name', 'numbers']);
  for (const path of paths) {
    const value = getAt(copy, path);
    if (value !== undefined) putAt(copy, path, counted(value, n));
  }
  return copy;
}

/** A text with the number at its end counted up by `n`, or with a number put there; so the texts of a list, and the keys of an object. */
function counted(value: unknown, n: number): unknown {
  if (Array.isArray(value)) return value.map((item) => counted(item, n));
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, about]) => [counted(key, n), about]));
  if (typeof value !== 'string') return value;
  const [, text = '', digits] = /^(.*?)(\d+)$/s.exec(value) ?? [];
  if (digits === undefined) return `${value} ${n}`;
  return text + String(BigInt(digits) + BigInt(n)).padStart(digits.length, '0');
}
