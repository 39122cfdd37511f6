// Where numbers come from: the carriers that can be named.
import { invalid } from '../engine/index.ts';

/** The carrier of numbers that have none. */
export const localCarrier = 'knm_local';

/** Those that need no service of a carrier: of nobody, and of an inventory that was bought. */
export const usableCarriers: readonly string[] = ['local', 'inventory'];

/** A prefix that is longer says nothing more: E.164 has no longer numbers. */
export const longestPrefix = 15;

export const isLocal = ({ pvt_module_name = localCarrier }: { readonly pvt_module_name?: string }): boolean =>
  pvt_module_name === localCarrier;

/** `pvt_module_name` for a `carrier_name`, with or without `knm_`. Throws `invalid_data`. */
export function moduleOf(carrier: string): string {
  const name = carrier.replace(/^[kw]nm_/, '');
  if (usableCarriers.includes(name)) return `knm_${name}`;
  const message = `'${carrier}' is not known by the system`;
  throw invalid('carrier_name', 'enum', message, { target: usableCarriers, value: carrier });
}
