// Runtime values from the `system_config` database: one document per category, with node, zone and default sections.

import { getAt, isRecord, putAt } from '../contract/index.ts';
import type { Store, StoredDocument } from '../couch/index.ts';

/** Reads values that an operator can change while the process runs (contract/couch.md §1). */
export interface SystemConfig {
  /** The value at a dotted path of a category: the node's own, else the zone's, else the default section's, else `fallback`. */
  get<T>(category: string, path: string, fallback: T): Promise<T>;
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
  /** What stands at paths of a document, as long as the store gives the same one. */
  const found = new WeakMap<StoredDocument, Map<string, readonly unknown[]>>();
  const valuesAt = (document: StoredDocument, path: string): readonly unknown[] => {
    const paths = found.get(document) ?? new Map<string, readonly unknown[]>();
    found.set(document, paths);
    const values = paths.get(path) ?? sections.map((section) => getAt(document[section], path));
    paths.set(path, values);
    return values;
  };
  return {
    get: async (category, path, fallback) => {
      const document = await database.find(category);
      if (document === undefined) return fallback;
      // A value of another type than the fallback is an operator's mistake: the fallback keeps calls going.
      const isRight = (value: unknown): boolean =>
        value !== undefined && (fallback === undefined || typeof value === typeof fallback);
      return (valuesAt(document, path).find(isRight) ?? fallback) as typeof fallback;
    },
    set: async (category, path, value) => {
      const existing = await database.find(category, { fresh: true });
      const document = existing ?? { _id: category, pvt_type: 'config' };
      const section = structuredClone(isRecord(document['default']) ? document['default'] : {});
      putAt(section, path, value);
      await database.save({ ...document, default: section });
    },
  };
}
