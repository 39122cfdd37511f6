// Runtime values from the `system_config` database: one document per category, with node, zone and default sections.

import { getAt, isRecord, putAt } from '../contract/index.ts';
import type { Store, StoredDocument } from '../couch/index.ts';

/** The value at a dotted path of one category: the node's own, else the zone's, else the default section's, else `fallback`. */
export type ConfigValues = <T>(path: string, fallback: T) => T;

/** Reads values that an operator can change while the process runs (contract/couch.md §1). */
export interface SystemConfig {
  /** One value of a category as it is now. */
  get<T>(category: string, path: string, fallback: T): Promise<T>;
  /** The category as it is now, for who needs several values of it. */
  values(category: string): Promise<ConfigValues>;
  /** The same where it need not be waited for, else undefined. */
  held(category: string): ConfigValues | undefined;
  /** Stores a value in the `default` section. */
  set(category: string, path: string, value: unknown): Promise<void>;
}

/** Runtime configuration over a store. Reads are served by the store's cache; a missing database or category means `fallback`. */
export function systemConfig(
  store: Store,
  where: { readonly zone: string; readonly node: string },
): SystemConfig {
  const database = store.database('system_config');
  const sections = [where.node, where.zone, 'default'];
  /** The readers of documents, as long as the store gives the same ones. */
  const readers = new WeakMap<StoredDocument, ConfigValues>();
  const read = (document: StoredDocument | undefined): ConfigValues => {
    if (document === undefined) return nothing;
    const known = readers.get(document) ?? readerOf(document, sections);
    readers.set(document, known);
    return known;
  };
  const values = async (category: string): Promise<ConfigValues> => read(await database.find(category));
  return {
    values,
    held: (category) => {
      const held = database.held(category);
      return held && read(held.value);
    },
    get: async (category, path, fallback) => (await values(category))(path, fallback),
    set: async (category, path, value) => {
      const existing = await database.find(category, { fresh: true });
      const document = existing ?? { _id: category, pvt_type: 'config' };
      const section = structuredClone(isRecord(document['default']) ? document['default'] : {});
      putAt(section, path, value);
      await database.save({ ...document, default: section });
    },
  };
}

/** A category that nobody wrote. */
const nothing: ConfigValues = (_path, fallback) => fallback;

function readerOf(document: StoredDocument, sections: readonly string[]): ConfigValues {
  const found = new Map<string, readonly unknown[]>();
  return (path, fallback) => {
    const values = found.get(path) ?? sections.map((section) => getAt(document[section], path));
    found.set(path, values);
    // A value of another type than the fallback is an operator's mistake: the fallback keeps calls going.
    const isRight = (value: unknown): boolean =>
      value !== undefined && (fallback === undefined || typeof value === typeof fallback);
    return (values.find(isRight) ?? fallback) as typeof fallback;
  };
}
