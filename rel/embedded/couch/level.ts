// Promises over the LevelDB calls that the view indexes need.
import type { LevelDown, Operation } from 'leveldown';

/** Keys between two bounds; `reverse` walks down. */
export interface Range {
  gt?: string;
  gte?: string;
  lt?: string;
  lte?: string;
  reverse?: boolean;
  limit?: number;
}

export function find(level: LevelDown, key: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    level.get(key, { asBuffer: false }, (error, value) => {
      if (!error) resolve(value);
      else if (/notfound/i.test(error.message)) resolve(undefined);
      else reject(error);
    });
  });
}

export function write(level: LevelDown, operations: Operation[]): Promise<void> {
  return new Promise((resolve, reject) => {
    level.batch(operations, (error) => (error ? reject(error) : resolve()));
  });
}

/** Walks the entries of a range in key order, as `[key, value]`. */
export async function* entries(level: LevelDown, range: Range): AsyncGenerator<[string, string]> {
  const iterator = level.iterator({ ...range, keyAsBuffer: false, valueAsBuffer: false });
  const next = () =>
    new Promise<[string, string] | undefined>((resolve, reject) => {
      iterator.next((error, key, value) => {
        if (error) reject(error);
        else resolve(key === undefined ? undefined : [key, value ?? '']);
      });
    });
  try {
    for (let entry = await next(); entry; entry = await next()) yield entry;
  } finally {
    await new Promise<void>((resolve) => iterator.end(() => resolve()));
  }
}
