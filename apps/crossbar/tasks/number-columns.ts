// A number as a line of a file: Kazoo's columns, and what each is in the document.
import { getAt, putAt } from '../../../core/contract/index.ts';
import { findAccount, type RestRequest } from '../engine/index.ts';
import type { NumberDocument } from '../numbers/states.ts';
import type { Output, Row } from './action.ts';

/** Columns that say something public, with the field that they are in the document. */
const fields = {
  'cnam.inbound': 'cnam.inbound_lookup',
  'cnam.outbound': 'cnam.display_name',
  'e911.locality': 'e911.locality',
  'e911.name': 'e911.caller_name',
  'e911.region': 'e911.region',
  'e911.street_address': 'e911.street_address',
  'e911.extended_address': 'e911.extended_address',
  'e911.postal_code': 'e911.postal_code',
  'prepend.enabled': 'prepend.enabled',
  'prepend.name': 'prepend.name',
  'prepend.number': 'prepend.number',
  'ringback.early': 'ringback.early',
  'ringback.transfer': 'ringback.transfer',
  force_outbound: 'force_outbound',
  'failover.e164': 'failover.e164',
  'failover.sip': 'failover.sip',
} as const;

export const publicColumns: readonly string[] = Object.keys(fields);

export const numberColumns: readonly string[] = [
  'e164',
  'account_name',
  'account_id',
  'previously_assigned_to',
  'state',
  'created',
  'modified',
  'used_by',
  'ported_in',
  'carrier_module',
  ...publicColumns,
];

export async function lineOf({ services }: RestRequest, number: NumberDocument): Promise<Output> {
  const owner = number.pvt_assigned_to;
  const account = owner === undefined ? undefined : await findAccount(services.store, owner);
  return {
    e164: number._id,
    account_name: account?.name,
    account_id: owner,
    previously_assigned_to: number.pvt_previously_assigned_to,
    state: number.pvt_state,
    created: number.pvt_created,
    modified: number.pvt_modified,
    used_by: number.pvt_used_by,
    ported_in: number.pvt_ported_in === true,
    carrier_module: number.pvt_module_name,
    ...Object.fromEntries(Object.entries(fields).map(([column, path]) => [column, getAt(number, path)])),
  };
}

const opaque = 'opaque.';

/** The public fields that a line sets; `opaque.a.b` is the field `b` of `a`. */
export function fieldsOf(row: Row): Record<string, unknown> {
  const set: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    const path = column.startsWith(opaque)
      ? column.slice(opaque.length)
      : Object.hasOwn(fields, column)
        ? fields[column as keyof typeof fields]
        : undefined;
    // Private fields are not for a file to set.
    if (path === undefined || value === undefined || /(^|\.)(_|pvt_)/.test(path)) continue;
    putAt(set, path, value);
  }
  return set;
}
