// CouchDB's order of view keys: null, false, true, numbers, strings (ICU, root locale), arrays, objects.

const strings = new Intl.Collator('und');

/** Negative, zero or positive as `a` sorts before, with or after `b`. */
export function collate(a: unknown, b: unknown): number {
  const byKind = kind(a) - kind(b);
  if (byKind !== 0) return byKind;
  if (typeof a === 'number') return a - (b as number);
  if (typeof a === 'string') return strings.compare(a, b as string);
  if (Array.isArray(a)) return arrays(a, b as unknown[]);
  if (kind(a) === 5) return objects(Object.entries(a as object), Object.entries(b as object));
  return 0;
}

/** CouchDB's order of document ids: by byte. */
export function collateIds(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function kind(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'boolean') return value ? 1.5 : 1;
  if (typeof value === 'number') return 2;
  if (typeof value === 'string') return 3;
  return Array.isArray(value) ? 4 : 5;
}

function arrays(a: readonly unknown[], b: readonly unknown[]): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const order = collate(a[at], b[at]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Key by key in the order they stand: name, then value; the longer object last. */
function objects(a: readonly [string, unknown][], b: readonly [string, unknown][]): number {
  return arrays(a.flat(), b.flat());
}
