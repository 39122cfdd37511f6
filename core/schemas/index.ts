// Served schemas: every app writes those that it declares into `system_schemas`, where crossbar reads them all.
import { createHash } from 'node:crypto';
import type { JsonSchema } from '../contract/index.ts';
import type { Store, StoredDocument } from '../couch/index.ts';
import { hasCode } from '../errors/index.ts';

/** A schema and the name under which it is served. */
export interface NamedSchema {
  readonly name: string;
  readonly schema: JsonSchema;
}

/** Writes the schemas that are missing or have changed. @returns how many that were. */
export async function publishSchemas(store: Store, schemas: readonly NamedSchema[]): Promise<number> {
  const database = await store.ensure('system_schemas', 'system_schemas');
  const rows = await database.all({ includeDocs: true });
  const stored = new Map(rows.map(({ id, doc }) => [id, doc]));
  const changed = schemas.flatMap(({ name, schema }) => {
    const text = JSON.stringify(schema);
    const pvt_digest = createHash('sha256').update(text).digest('hex');
    const before = stored.get(name);
    if (before?.['pvt_digest'] === pvt_digest) return [];
    const fields = JSON.parse(text) as Record<string, unknown>;
    return [
      { ...fields, _id: name, ...(before?._rev && { _rev: before._rev }), pvt_type: 'schema', pvt_digest },
    ];
  });
  const results = await database.saveAll(changed as StoredDocument[]);
  // Another process of the same version has just written the same.
  for (const result of results)
    if (result instanceof Error && !hasCode(result, 'datastore_conflict')) throw result;
  return changed.length;
}
