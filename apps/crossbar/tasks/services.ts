// Tasks about services: what accounts below one had of everything, month by month.
import { isRecord } from '../../../core/contract/index.ts';
import { accountDatabase, type Database } from '../../../core/couch/index.ts';
import { listDescendants } from '../accounts/tree.ts';
import type { RestRequest } from '../engine/index.ts';
import { type Action, type Output, rowsOf } from './action.ts';

type Quantities = Readonly<Record<string, unknown>>;

async function quantitiesAt(database: Database, id: 'services_bom' | 'services_eom'): Promise<Quantities> {
  const quantities = (await database.find(id, { fresh: true }))?.['quantities'];
  return isRecord(quantities) ? quantities : {};
}

const keysOf = (...objects: readonly unknown[]): string[] =>
  [...new Set(objects.flatMap((one) => (isRecord(one) ? Object.keys(one) : [])))].sort();

const valueAt = (object: unknown, key: string): unknown => (isRecord(object) ? object[key] : undefined);

/** Beginning and end of each month for which an account has one of them. */
async function* descendantQuantities(request: RestRequest): AsyncGenerator<Output> {
  const { store } = request.services;
  for await (const { id } of rowsOf(await listDescendants(request)))
    for (const name of (await store.list(`${accountDatabase(String(id))}-`)).sort()) {
      const database = store.database(name);
      const [bom, eom] = await Promise.all([
        quantitiesAt(database, 'services_bom'),
        quantitiesAt(database, 'services_eom'),
      ]);
      const month = name.slice(-6);
      for (const category of keysOf(bom, eom))
        for (const item of keysOf(bom[category], eom[category]))
          yield {
            account_id: id,
            year: month.slice(0, 4),
            month: month.slice(4),
            category,
            item,
            quantity_bom: valueAt(bom[category], item),
            quantity_eom: valueAt(eom[category], item),
          };
    }
}

export const services: Readonly<Record<string, Action>> = {
  descendant_quantities: {
    description: 'Lists what the accounts below the account had, month by month',
    doc: 'A row for each item of each month for which the quantities of its beginning (bom) or end (eom) were kept.',
    permission: 'admin',
    output: ['account_id', 'year', 'month', 'category', 'item', 'quantity_bom', 'quantity_eom'],
    rows: descendantQuantities,
  },
};
