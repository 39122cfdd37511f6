// Chooses the caller id a call shows, from an endpoint that is merged with its user and account.
import { isRecord } from '../contract/index.ts';

/** Which of the four ids of a `caller_id` object: to own phones, to the world, to emergency services, and P-Asserted-Identity. */
export type CallerIdKind = 'internal' | 'external' | 'emergency' | 'asserted';

/** A caller id; `realm` only for an asserted one. */
export interface CallerId {
  readonly name?: string | undefined;
  readonly number?: string | undefined;
  readonly realm?: string | undefined;
}

/** `Privacy-Hide-*` of contract/kapi.md, from `caller_id_options.outbound_privacy`. */
export interface Privacy {
  readonly 'Privacy-Hide-Name'?: true;
  readonly 'Privacy-Hide-Number'?: true;
}

/**
 * The caller id of a kind. A missing emergency number falls to the external one; a missing external or internal part
 * to `fallback` (what the call came with). An asserted id has no fallback: it is only sent when it was set.
 */
export function callerIdOf(
  endpoint: Readonly<Record<string, unknown>>,
  kind: CallerIdKind,
  fallback: CallerId = {},
): CallerId {
  const ids = isRecord(endpoint['caller_id']) ? endpoint['caller_id'] : {};
  const own = partsOf(ids[kind]);
  if (kind === 'asserted') return own;
  if (kind === 'emergency' && own.number === undefined) return callerIdOf(endpoint, 'external', fallback);
  return {
    ...pick(fallback, 'name'),
    ...pick(fallback, 'number'),
    ...pick(own, 'name'),
    ...pick(own, 'number'),
  };
}

/** What the endpoint wants hidden from the world. */
export function privacyOf(endpoint: Readonly<Record<string, unknown>>): Privacy {
  const options = endpoint['caller_id_options'];
  const privacy = isRecord(options) ? options['outbound_privacy'] : undefined;
  return {
    ...(privacy === 'full' || privacy === 'name' ? { 'Privacy-Hide-Name': true } : {}),
    ...(privacy === 'full' || privacy === 'number' ? { 'Privacy-Hide-Number': true } : {}),
  };
}

function partsOf(value: unknown): CallerId {
  if (!isRecord(value)) return {};
  return { ...pick(value, 'name'), ...pick(value, 'number'), ...pick(value, 'realm') };
}

function pick(from: object, key: keyof CallerId): CallerId {
  const value = (from as Record<string, unknown>)[key];
  return typeof value === 'string' && value !== '' ? { [key]: value } : {};
}
