// Tasks about resource selectors: many are made, or removed (Kazoo's kt_resource_selectors).
import { selectorsDatabase } from '../../../core/couch/index.ts';
import { resourceSelector } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { design, findSelectors, selectingAccount } from '../carriers/selectors.ts';
import { auditFields, type RestRequest } from '../engine/index.ts';
import type { Action, Output, Row } from './action.ts';

const mandatory = ['name', 'selector', 'resource'];
const optional = ['value', 'start_time', 'stop_time'];
const columns = [...mandatory, ...optional];

const fieldsOf = (row: Row): Record<string, unknown> =>
  Object.fromEntries(columns.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])));

async function make(request: RestRequest, row: Row): Promise<Output> {
  const name = selectorsDatabase(await selectingAccount(request));
  const database = await request.services.store.ensure(name, 'resource_selectors');
  const fields = resourceSelector.accept(fieldsOf(row));
  await database.save({
    ...fields,
    ...auditFields(request),
    pvt_type: resourceSelector.type,
  } as Parameters<typeof database.save>[0]);
  return fields;
}

/** All that have the same name, carrier and selector. */
async function remove(request: RestRequest, row: Row): Promise<Output> {
  const database = await findSelectors(request);
  const key = [row['resource'], row['name'], row['selector']];
  const found = (await database?.view(design, 'resource_name_selector_listing', { key, fresh: true })) ?? [];
  if (!database || found.length === 0)
    throw new AppError('not_found', { message: `there is no selector ${key.join(', ')}` });
  for (const { id } of found) await database.remove(id);
  return fieldsOf(row);
}

export const resource_selectors: Readonly<Record<string, Action>> = {
  import: {
    description: 'Makes resource selectors',
    permission: 'admin',
    mandatory,
    optional,
    output: columns,
    row: make,
  },
  delete: {
    description: 'Removes resource selectors',
    permission: 'admin',
    mandatory,
    optional: [],
    output: mandatory,
    row: remove,
  },
};
