// A route_resp with Method bridge: its Routes are tried one after the other, without a controller.
import { randomBytes } from 'node:crypto';
import type { Control } from '../control/control.ts';
import type { Vars } from '../variables.ts';

const endpointFields =
  `Invite-Format Auth-User Auth-Password Auth-Realm Codecs Custom-Application-Vars Custom-Channel-Vars
  Custom-SIP-Headers Route To-DID To-Realm To-User To-IP Endpoint-Timeout Endpoint-Progress-Timeout`
    .split(/\s+/)
    .filter(Boolean);

/** Bridges the call to its routes, then ends it. */
export function bridgeRoutes(control: Control, routes: readonly Vars[]): void {
  const head = { 'Event-Category': 'call', 'Event-Name': 'command', 'Call-ID': control.call.callId };
  const sender = { 'App-Name': 'ecallmgr', 'App-Version': '1' };
  const id = (): string => randomBytes(16).toString('hex');
  control.insert({
    ...head,
    ...sender,
    'Msg-ID': id(),
    'Application-Name': 'bridge',
    'Dial-Endpoint-Method': 'single',
    Endpoints: routes.map(endpointOf),
  });
  control.insert({ ...head, ...sender, 'Msg-ID': id(), 'Application-Name': 'hangup' });
}

/** Each route is an attempt of its own, even when two lead to the same place. */
function endpointOf(route: Vars, index: number): Vars {
  const known = Object.entries(route).filter(([field]) => endpointFields.includes(field));
  const callerId = {
    'Outbound-Caller-ID-Name': route['Caller-ID-Name'],
    'Outbound-Caller-ID-Number': route['Caller-ID-Number'],
    'Endpoint-Progress-Timeout': route['Progress-Timeout'],
  };
  const given = Object.entries(callerId).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries([...known, ...given]), 'Endpoint-ID': `route ${index + 1}` };
}
