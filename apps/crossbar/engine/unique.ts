// Fields that no two documents of a database may share.
import { getAt, type UniqueField } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';

/** Throws `<field>.unique` for every field whose value another document than `own` has. */
export async function checkUnique(
  database: Database,
  fields: readonly UniqueField[],
  next: Record<string, unknown>,
  own: string | undefined,
): Promise<void> {
  const clashes = await Promise.all(fields.map((field) => clash(database, field, next, own)));
  const violations = clashes.flat();
  if (violations.length > 0) throw new AppError('invalid_data', { details: { violations } });
}

async function clash(
  database: Database,
  { field, listing, fold }: UniqueField,
  next: Record<string, unknown>,
  own: string | undefined,
): Promise<object[]> {
  const values = [getAt(next, field)].flat().filter((value) => typeof value === 'string' && value !== '');
  if (values.length === 0) return [];
  const keys = values.map((value) => (fold ? String(value).toLowerCase() : value));
  const rows = await database.view(listing.design, listing.view, { keys, reduce: false, fresh: true });
  const other = rows.find((row) => row.id !== own);
  if (!other) return [];
  const value = values[keys.indexOf(other.key as string)];
  return [
    {
      path: field,
      code: 'unique',
      message: `${field} must be unique: ${String(value)} is taken`,
      cause: value,
    },
  ];
}
