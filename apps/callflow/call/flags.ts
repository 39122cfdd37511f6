// Flags of a carrier call that are taken from the call itself: `dynamic_flags` names where.
import { getAt, isRecord } from '../../../core/contract/index.ts';
import { type CallState, channelVar, realmOf, userOf } from './state.ts';

/** The values at these places of the call that are set; a place is a key or a path, as text with dots or as a list. */
export function dynamicFlags(state: CallState, places: readonly (string | readonly string[])[]): string[] {
  const view = viewOf(state);
  return places.flatMap((place) => {
    const value = getAt(
      view,
      typeof place === 'string' ? place : place.map((key) => key.replaceAll('.', '%2E')).join('.'),
    );
    return value === undefined || value === '' || typeof value === 'object' ? [] : [String(value)];
  });
}

/** The call in Kazoo's snake case. */
function viewOf(state: CallState): Record<string, unknown> {
  return {
    account_id: state.accountId,
    account_realm: channelVar(state, 'Account-Realm'),
    authorizing_id: channelVar(state, 'Authorizing-ID'),
    authorizing_type: channelVar(state, 'Authorizing-Type'),
    owner_id: channelVar(state, 'Owner-ID'),
    inception: channelVar(state, 'Inception'),
    caller_id_name: state.callerIdName,
    caller_id_number: state.callerIdNumber,
    request_user: userOf(state.request),
    request_realm: realmOf(state.request),
    resource_type: state.resourceType,
    language: state.language,
    custom_channel_vars: snakeCase(state.channelVars),
    custom_application_vars: state.applicationVars,
  };
}

function snakeCase(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.toLowerCase().replaceAll('-', '_'), snakeCase(item)]),
  );
}
