// Numbers that are on their way to an account: those of its port requests that were submitted and are not over.
import type { Database } from '../../../core/couch/index.ts';
import { filterOf, parameter, type RestRequest, targetAccount } from '../engine/index.ts';
import type { NumberDocument } from './states.ts';

/** A row of the view. */
interface Row {
  readonly state: 'port_in';
  readonly features: readonly string[];
  readonly assigned_to: string;
  readonly used_by?: string;
  readonly created?: number;
  readonly updated?: number;
  readonly port_id: string;
  readonly port_state: string;
}

const listing = ['port_requests', 'phone_numbers_listing'] as const;
const ports = ({ services }: RestRequest): Database => services.store.database('port_requests');

/** Whether they are shown as well: unless the client says anything but `include_ports=true`. */
const areWanted = (request: RestRequest): boolean =>
  String(parameter(request, 'include_ports') ?? true) === 'true';

/** Rows by number, as far as the filters of the request let them. */
export async function numbersOnTheirWay(request: RestRequest): Promise<Readonly<Record<string, Row>>> {
  if (!areWanted(request)) return {};
  const account = targetAccount(request)._id;
  const found = await ports(request).view(...listing, { startKey: [account], endKey: [account, {}] });
  const fits = filterOf(request.query) ?? (() => true);
  const rows = found.map(
    ({ id, key, value }) => [(key as string[])[1], { _id: id, ...(value as Row) }] as const,
  );
  return Object.fromEntries(
    rows.filter(([, row]) => fits(row)).map(([number, { _id, ...row }]) => [number, row]),
  );
}

/** A number that is on its way, as it would be stored, and what `_read_only` says of its port request. */
export async function findOnItsWay(
  request: RestRequest,
  e164: string,
): Promise<{ readonly document: NumberDocument; readonly port: object } | undefined> {
  if (!areWanted(request)) return undefined;
  const key = [targetAccount(request)._id, e164];
  const [row] = await ports(request).view(...listing, { key, limit: 1 });
  if (!row) return undefined;
  const { state, assigned_to, used_by, created, updated, port_id, port_state } = row.value as Row;
  return {
    document: {
      _id: e164,
      pvt_type: 'number',
      pvt_state: state,
      pvt_assigned_to: assigned_to,
      ...(used_by !== undefined && { pvt_used_by: used_by }),
      ...(created !== undefined && { pvt_created: created }),
      ...(updated !== undefined && { pvt_modified: updated }),
    },
    port: { port_id, port_state },
  };
}
