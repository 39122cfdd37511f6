// The documents of `system_config` as operators set them: one value at a time, in the default section, a zone's or a node's.
import { getAt, isRecord, putAt } from '../../core/contract/index.ts';
import type { Database, Store, StoredDocument } from '../../core/couch/index.ts';
import { AppError, hasCode } from '../../core/errors/index.ts';

/** A value that stands in the database. */
export interface StoredSetting {
  readonly category: string;
  readonly section: string;
  readonly path: string;
  readonly value: unknown;
}

const database = (store: Store): Database => store.database('system_config');

/** Throws `invalid_data` for what cannot be a category. */
export function checkCategory(category: string): void {
  if (!/^[A-Za-z][\w.-]*$/.test(category))
    throw new AppError('invalid_data', { message: `${category} cannot be a category of settings` });
}

/** Every value that is set, or those of one category. */
export async function storedSettings(store: Store, category?: string): Promise<StoredSetting[]> {
  const rows = await database(store).all({ includeDocs: true });
  return rows
    .filter(({ id, doc }) => doc !== undefined && !id.startsWith('_') && (category ?? id) === id)
    .flatMap(({ id, doc = {} }) =>
      Object.entries(doc).flatMap(([section, values]) =>
        isRecord(values) && !/^(_|pvt_)/.test(section)
          ? leaves(values).map(([path, value]) => ({ category: id, section, path, value }))
          : [],
      ),
    );
}

const escaped = (key: string): string => key.replaceAll('.', '%2E');

function leaves(values: Record<string, unknown>, above = ''): [string, unknown][] {
  return Object.entries(values).flatMap(([key, value]): [string, unknown][] => {
    const path = above + escaped(key);
    return isRecord(value) && Object.keys(value).length > 0 ? leaves(value, `${path}.`) : [[path, value]];
  });
}

/** The value that holds, looked for in these sections in order, and the section where it was found. */
export async function effectiveSetting(
  store: Store,
  category: string,
  path: string,
  sections: readonly string[],
): Promise<{ readonly value: unknown; readonly section: string } | undefined> {
  const document = await database(store).find(category, { fresh: true });
  for (const section of sections) {
    const value = getAt(document?.[section], path);
    if (value !== undefined) return { value, section };
  }
  return undefined;
}

/** Writes a section anew with what `change` makes of it; again when somebody else was faster. */
export async function changeSection(
  store: Store,
  category: string,
  section: string,
  change: (values: Record<string, unknown>) => Record<string, unknown>,
): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const existing = await database(store).find(category, { fresh: true });
    const before = existing?.[section];
    const next = change(structuredClone(isRecord(before) ? before : {}));
    const document = { ...(existing ?? { _id: category, pvt_type: 'config' }), [section]: next };
    try {
      await database(store).save(document as StoredDocument);
      return;
    } catch (error) {
      if (!hasCode(error, 'datastore_conflict') || tries >= 5) throw error;
    }
  }
}

export const setIn =
  (path: string, value: unknown) =>
  (values: Record<string, unknown>): Record<string, unknown> => {
    putAt(values, path, value);
    return values;
  };

/** Throws `not_found` when nothing is set there. */
export const removeFrom =
  (path: string) =>
  (values: Record<string, unknown>): Record<string, unknown> => {
    if (getAt(values, path) === undefined)
      throw new AppError('not_found', { message: `nothing is set at ${path} in this section` });
    drop(
      values,
      path.split('.').map((key) => key.replaceAll('%2E', '.')),
    );
    return values;
  };

/** What is empty then goes as well. */
function drop(values: Record<string, unknown>, [key = '', ...below]: readonly string[]): void {
  const child = values[key];
  if (below.length > 0 && isRecord(child)) {
    drop(child, below);
    if (Object.keys(child).length > 0) return;
  }
  delete values[key];
}
