// Runtime values from the `system_config` database: one document per category, with node, zone and default sections.

import { getAt, isRecord, putAt } from '../contract/index.ts';
import type { Store } from '../couch/index.ts';

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
  return {
    get: async (category, path, fallback) => {
      const document = await database.find(category);
      for (const section of [where.node, where.zone, 'default']) {
        const value = getAt(document?.[section], path);
        // A value of another type than the fallback is an operator's mistake: the fallback keeps calls going.
        if (value !== undefined && (fallback === undefined || typeof value === typeof fallback))
          return value as typeof fallback;
      }
      return fallback;
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
