// The dial string of a bridge or an originate: every endpoint with its variables, in the order or at the same time.
import type { BridgeEndpoint } from '../../../core/telephony/endpoint.ts';
import { variableList } from '../freeswitch/index.ts';
import { asChannelVariables, type Vars } from '../variables.ts';
import { addressOfRecord, destination, isLoopback } from './destination.ts';
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
  /** Where media that a leg is to play are to be had, by their names in the endpoint; resolved before. */
  readonly media?: Readonly<Record<string, string>>;
  /** Told of every endpoint that cannot be dialled, and why. */
  readonly onLeftOut?: (error: unknown) => void;
}

/** What another leg of the same call must know that passes the dialplan anew: over loopback, or on another switch. */
export const handedDown: readonly string[] = [
  'Account-ID Account-Name Account-Realm Authorizing-ID Authorizing-Type Owner-ID Username Realm Presence-ID',
  'Call-Interaction-ID Bridge-ID Call-Forward Call-Forward-For-UUID Retain-CID Reseller-ID Require-Ignore-Early-Media',
]
  .join(' ')
  .split(' ');

/**
 * `[…]sofia/…,[…]sofia/…`. What is given twice is rung once, and an endpoint that cannot be dialled is left out. Throws
 * `invalid_data` when none is left.
 */
export function dialString(given: readonly BridgeEndpoint[], { shared, ...rest }: DialOptions): string {
  const endpoints = distinct(given);
  // Of several phones the first that plays something would have the call.
  const ignored = isRungAtOnce(endpoints, rest.method) ? { 'Ignore-Early-Media': true } : {};
  const options = { ...rest, shared: { ...shared, ...ignored } };
  let first: unknown;
  const legs = endpoints.flatMap((endpoint) => {
    try {
      return [leg(endpoint, options)];
    } catch (error) {
      first ??= error;
      options.onLeftOut?.(error);
      return [];
    }
  });
  if (legs.length === 0) throw first;
  return legs.join(options.method === 'single' ? '|' : ',');
}

function distinct(endpoints: readonly BridgeEndpoint[]): BridgeEndpoint[] {
  const byKey = new Map<string, BridgeEndpoint>();
  for (const endpoint of endpoints) {
    const key = JSON.stringify(identifying.map((field) => endpoint[field]));
    if (!byKey.has(key)) byKey.set(key, endpoint);
  }
  return [...byKey.values()];
}

/** Whether several are rung at the same time. */
export const isRungAtOnce = (endpoints: readonly BridgeEndpoint[], method: DialOptions['method']): boolean =>
  method === 'simultaneous' && endpoints.length > 1;

const identifying = [
  'Invite-Format',
  'To-User',
  'To-Realm',
  'To-IP',
  'To-DID',
  'Route',
  'Proxy-Zone',
  'Proxy-IP',
  'Endpoint-ID',
] as const;

function leg(endpoint: BridgeEndpoint, { proxy, legVars, shared, more, media = {} }: DialOptions): string {
  const aor = addressOfRecord(endpoint);
  const own = fieldVariables(endpoint);
  const { group_confirm_file: file, hold_music: music } = own;
  const loopback = isLoopback(endpoint);
  const account = endpoint['Account-ID'] === undefined ? {} : { 'Account-ID': endpoint['Account-ID'] };
  const variables = {
    ...more,
    ...asChannelVariables(legVars),
    ...fieldVariables(shared),
    ...asChannelVariables(account),
    ...own,
    ...(typeof file === 'string' ? { group_confirm_file: media[file] ?? file } : {}),
    // Without its own the switch has a default.
    ...(typeof music === 'string' ? { hold_music: media[music] } : {}),
    ...(aor === undefined ? {} : { 'sip_h_X-KAZOO-AOR': aor }),
    ...(endpoint['To-Realm'] === undefined || loopback ? {} : { sip_invite_domain: endpoint['To-Realm'] }),
    ...(loopback ? { loopback_export: handedDown.map((key) => `ecallmgr_${key}`).join(',') } : {}),
  };
  return `[${variableList(variables)}]${destination(endpoint, proxy)}`;
}
