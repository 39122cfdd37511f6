// Kazoo's variables as channel variables and back (contract/freeswitch.md §2): `ecallmgr_K`, `cav_K`, `sip_h_H`.
import { type SwitchEvent, variable, variableName, variablesUnder } from './freeswitch/index.ts';

export type Vars = Readonly<Record<string, unknown>>;

// A channel variable is text without quotes and brackets; what is no plain value travels encoded.
const encoded = 'json64:';

/** The channel variable that says that somebody has won the call; its value is the call id, since legs inherit variables. */
export const controlled = 'mirliton_controlled';
/** The channel variable that names a queue of who has won the call. */
export const controller = 'mirliton_controller';

/** The channel variable that notes the call ids under which a leg is commanded beside its own. */
export const commanded = 'mirliton_commanded_as';
/** Notes on a leg the other call ids under which it is commanded: of those whose place it has taken. */
export const asCommanded = (ids: readonly string[]): Vars => ({
  [commanded]: ids.map((id) => Buffer.from(id).toString('base64url')).join('.'),
});
/** What was noted there. */
export const commandedAs = (event: SwitchEvent): string[] =>
  (variable(event, commanded) ?? '')
    .split('.')
    .filter(Boolean)
    .map((id) => Buffer.from(id, 'base64url').toString());

/** Custom-Channel-Vars as channel variables. */
export const asChannelVariables = (vars: Vars = {}): Vars => prefixed('ecallmgr_', vars);

/** Custom-Application-Vars as channel variables. */
export const asApplicationVariables = (vars: Vars = {}): Vars => prefixed('cav_', vars);

/** Custom-SIP-Headers as channel variables. Only names that begin with `X-` or are known to be harmless may be set. */
export function asHeaderVariables(headers: Vars = {}): Vars {
  const allowed = Object.entries(headers).flatMap(([name, value]): [string, unknown][] => {
    if (/^alert-info$/i.test(name)) return [['alert_info', value]];
    if (name === 'Diversions') return [['sip_h_Diversion', Array.isArray(value) ? value.join(', ') : value]];
    return mayBeSent(name) ? [[`sip_h_${variableName(name)}`, value]] : [];
  });
  return Object.fromEntries(allowed);
}

// What the edge and the switches tell each other must not be said by a customer.
const ours = /^X-(AUTH|KAZOO|FS|ecallmgr_)/i;
const others = new Set(
  `call-info diversion geolocation history-info p-access-network-info p-asserted-identity p-charge-info
  p-preferred-identity priority privacy subject user-to-user`.split(/\s+/),
);

/** Custom-Channel-Vars as header variables for another switch of the zone (contract/freeswitch.md §2). */
export const asSwitchHeaders = (vars: Vars): Vars => prefixed('sip_h_X-ecallmgr_', vars);

/** The Custom-Channel-Vars that another switch has sent along. */
export const switchHeadersOf = (event: SwitchEvent): Record<string, unknown> =>
  decoded(variablesUnder(event, 'sip_h_X-ecallmgr_'));

/** The variables of headers between edge and switch, which must not go further. */
export const privateHeaders = (event: SwitchEvent): string[] =>
  Object.keys(variablesUnder(event, 'sip_h_'))
    .filter((name) => ours.test(name))
    .map((name) => `sip_h_${name}`);

function mayBeSent(name: string): boolean {
  return (/^X-[\w.-]+$/i.test(name) && !ours.test(name)) || others.has(name.toLowerCase());
}

/** The Custom-Channel-Vars of an event's channel. */
export const channelVarsOf = (event: SwitchEvent): Record<string, unknown> =>
  decoded(variablesUnder(event, 'ecallmgr_'));

/** The Custom-Application-Vars of an event's channel. */
export const applicationVarsOf = (event: SwitchEvent): Record<string, unknown> =>
  decoded(variablesUnder(event, 'cav_'));

/** The Custom-SIP-Headers that came with the INVITE, without those between edge and switch. */
export function sipHeadersOf(event: SwitchEvent): Record<string, string> {
  const headers = Object.entries(variablesUnder(event, 'sip_h_'));
  return Object.fromEntries(headers.filter(([name]) => /^X-/i.test(name) && !ours.test(name)));
}

/** The records as a field: absent when empty. */
export const orAbsent = <T extends object>(record: T): T | undefined =>
  Object.keys(record).length > 0 ? record : undefined;

function prefixed(prefix: string, vars: Vars): Vars {
  const entries = Object.entries(vars).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(
    entries.map(([key, value]) => [`${prefix}${variableName(key)}`, encodeValue(value)]),
  );
}

/** A value as a channel variable: text as it is, anything else encoded. */
export function encodeValue(value: unknown): string {
  if (typeof value !== 'object') return String(value);
  return encoded + Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decoded(variables: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, decodeValue(value)]));
}

/** The value behind a channel variable. */
export function decodeValue(value: string): unknown {
  if (!value.startsWith(encoded)) return value;
  try {
    return JSON.parse(Buffer.from(value.slice(encoded.length), 'base64url').toString('utf8')) as unknown;
  } catch {
    return value;
  }
}
