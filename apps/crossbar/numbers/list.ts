// The numbers of an account as a map, with what each may have, and how many the accounts below have.

import { accountDatabase, type Store } from '../../../core/couch/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import { descendantsOf } from '../accounts/tree.ts';
import {
  caller,
  type DataReply,
  formatOf,
  gathered,
  list,
  type RestRequest,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import { availableFeatures, featurePolicy } from './features.ts';
import { numbersOnTheirWay } from './porting.ts';

/** A row of the listing. */
interface Row {
  readonly pvt_module_name?: string;
  readonly features?: readonly string[];
  readonly features_allowed?: readonly string[];
  readonly features_denied?: readonly string[];
  readonly used_by?: string;
}

/** Accounts that are asked at once. */
const together = 8;

/** `{numbers: {<number>: row}, cascade_quantity}`, for a file a row each; filters look at the rows. Each page has all that are on their way. */
export async function listNumbers(request: RestRequest): Promise<DataReply> {
  const policy = await featurePolicy(request.services.systemConfig, caller(request).superduper);
  const listing = { design: 'phone_numbers', view: 'crossbar_listing' };
  const page = await gathered(
    await list(request, targetDatabase(request), listing, {
      filterRows: true,
      show: ({ id, value }) => [id, value],
    }),
  );
  const shown = ({ pvt_module_name, ...row }: Row): object => ({
    ...row,
    features_available: availableFeatures(
      {
        allowed: row.features_allowed,
        denied: row.features_denied,
        isLocal: row.features?.includes('local') === true,
        usedBy: row.used_by,
      },
      policy,
    ),
  });
  const rows = page.data as readonly [string, Row][];
  const own = Object.fromEntries(rows.map(([number, row]) => [number, shown(row)]));
  const numbers = { ...(await numbersOnTheirWay(request)), ...own };
  if (formatOf(request) !== 'json')
    return { ...page, data: Object.entries(numbers).map(([number, row]) => ({ number, ...row })) };
  const cascade_quantity = await numbersBelow(request.services.store, targetAccount(request)._id);
  return {
    ...page,
    data: { numbers, cascade_quantity },
  };
}

/** How many numbers the accounts below one have. */
async function numbersBelow(store: Store, account: string): Promise<number> {
  const accounts = (await descendantsOf(store, account)).map(({ id }) => id);
  let quantity = 0;
  for (let at = 0; at < accounts.length; at += together) {
    const counts = await Promise.all(accounts.slice(at, at + together).map((id) => numbersOf(store, id)));
    quantity += counts.reduce((sum, count) => sum + count, 0);
  }
  return quantity;
}

async function numbersOf(store: Store, account: string): Promise<number> {
  try {
    const [row] = await store
      .database(accountDatabase(account))
      .view('maintenance', 'reduced_by_type', { key: 'number', group: true });
    return Number(row?.value ?? 0);
  } catch (error) {
    // An account that is being removed has no database any more.
    if (hasCode(error, 'datastore_missing')) return 0;
    throw error;
  }
}
