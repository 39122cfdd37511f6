// The dial string of a bridge or an originate: every endpoint with its variables, in the order or at the same time.
import type { BridgeEndpoint } from '../../../core/telephony/endpoint.ts';
import { variableList } from '../freeswitch/index.ts';
import { asChannelVariables, type Vars } from '../variables.ts';
import { addressOfRecord, destination } from './destination.ts';
import { type Fields, fieldVariables } from './variables.ts';

export interface DialOptions {
  /** `host:port` of the edge. */
  readonly proxy: string;
  readonly method: 'single' | 'simultaneous';
  /** Custom-Channel-Vars that every new leg gets, unless its endpoint says otherwise. */
  readonly legVars: Vars;
  /** Fields of the whole command that belong to each leg. */
  readonly shared: Fields;
  /** Channel variables of every leg, unless its endpoint says otherwise. */
  readonly more?: Vars;
  /** Where a confirmation prompt is to be had, by its name in the endpoint; resolved before. */
  readonly confirmFiles?: Readonly<Record<string, string>>;
}

/** What another leg of the same call must know that passes the dialplan anew: over loopback, or on another switch. */
export const handedDown: readonly string[] = [
  'Account-ID Account-Name Account-Realm Authorizing-ID Authorizing-Type Owner-ID Username Realm Presence-ID',
  'Call-Interaction-ID Bridge-ID Call-Forward Call-Forward-For-UUID Retain-CID Reseller-ID Require-Ignore-Early-Media',
]
  .join(' ')
  .split(' ');

/** `[…]sofia/…,[…]sofia/…`. Throws `invalid_data` for an endpoint that cannot be dialled. */
export function dialString(endpoints: readonly BridgeEndpoint[], options: DialOptions): string {
  return endpoints.map((endpoint) => leg(endpoint, options)).join(options.method === 'single' ? '|' : ',');
}

function leg(
  endpoint: BridgeEndpoint,
  { proxy, legVars, shared, more, confirmFiles = {} }: DialOptions,
): string {
  const aor = addressOfRecord(endpoint);
  const own = fieldVariables(endpoint);
  const file = own['group_confirm_file'];
  const loopback = endpoint['Invite-Format'] === 'loopback';
  const account = endpoint['Account-ID'] === undefined ? {} : { 'Account-ID': endpoint['Account-ID'] };
  const variables = {
    ...more,
    ...asChannelVariables(legVars),
    ...fieldVariables(shared),
    ...asChannelVariables(account),
    ...own,
    ...(typeof file === 'string' ? { group_confirm_file: confirmFiles[file] ?? file } : {}),
    ...(aor === undefined ? {} : { 'sip_h_X-KAZOO-AOR': aor }),
    ...(endpoint['To-Realm'] === undefined || loopback ? {} : { sip_invite_domain: endpoint['To-Realm'] }),
    ...(loopback ? { loopback_export: handedDown.map((key) => `ecallmgr_${key}`).join(',') } : {}),
  };
  return `[${variableList(variables)}]${destination(endpoint, proxy)}`;
}
