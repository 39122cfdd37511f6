// Calling a number through carriers, and what the flow does when that fails (contract/callflow.md §3, §4 resources).
import { type FlowNode, next, type Outcome, release, stop, Type } from '../../../core/contract/index.ts';
import type { Call } from './call.ts';
import { offnetCaller } from './endpoints.ts';
import { dynamicFlags } from './flags.ts';
import { play, prompt } from './media.ts';
import { failureKey } from './ringing.ts';
import { channelVar, userOf } from './state.ts';

/** Data of `resources` and `offnet`. `timeout` in seconds. */
export const carrierData = {
  bypass_e164: Type.Optional(Type.Boolean()),
  caller_id_type: Type.String({ default: 'external' }),
  custom_sip_headers: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  do_not_normalize: Type.Optional(Type.Boolean()),
  dynamic_flags: Type.Array(Type.Union([Type.String(), Type.Array(Type.String())]), { default: [] }),
  emit_account_id: Type.Optional(Type.Boolean()),
  format_from_uri: Type.Optional(Type.Boolean()),
  from_uri_realm: Type.Optional(Type.String()),
  hunt_account_id: Type.Optional(Type.String()),
  ignore_early_media: Type.Boolean({ default: false }),
  outbound_flags: Type.Array(Type.String(), { default: [] }),
  resource_type: Type.Enum(['audio', 'video', 'sms', 'originate', 'cid'], { default: 'audio' }),
  ringback: Type.Optional(Type.String()),
  timeout: Type.Optional(Type.Integer({ minimum: 1 })),
  to_did: Type.Optional(Type.String()),
};

export interface CarrierRequest {
  readonly bypass_e164?: boolean;
  readonly caller_id_type: string;
  readonly custom_sip_headers?: Record<string, unknown>;
  readonly dynamic_flags: readonly (string | readonly string[])[];
  readonly do_not_normalize?: boolean;
  readonly emit_account_id?: boolean;
  readonly format_from_uri?: boolean;
  readonly from_uri_realm?: string;
  readonly hunt_account_id?: string;
  readonly ignore_early_media: boolean;
  readonly outbound_flags: readonly string[];
  readonly resource_type: 'audio' | 'video' | 'sms' | 'originate' | 'cid';
  readonly ringback?: string;
  readonly timeout?: number;
  readonly to_did?: string;
  readonly use_local_resources: boolean;
}

/** Bridges the caller to a number through carriers; stops with the cause when none connected it. */
export async function callCarrier(call: Call, data: CarrierRequest, node: FlowNode): Promise<Outcome> {
  const result = await call.offnet({
    'Application-Name': 'bridge',
    'Resource-Type': data.resource_type,
    'To-DID': numberToCall(call, data),
    'Account-ID': call.state.accountId,
    'Hunt-Account-ID': data.use_local_resources ? (data.hunt_account_id ?? call.state.accountId) : undefined,
    ...(await offnetCaller(call, data.caller_id_type)),
    'Bypass-E164': data.bypass_e164,
    'Custom-SIP-Headers': headers(call, data),
    'Format-From-URI': data.format_from_uri,
    'From-URI-Realm': data.from_uri_realm,
    'Ignore-Early-Media': data.ignore_early_media,
    Flags: [...data.outbound_flags, ...dynamicFlags(call.state, data.dynamic_flags)],
    Ringback: data.ringback,
    Timeout: data.timeout,
  });
  const cause = result['Response-Message'];
  if (cause === 'SUCCESS') return stop();
  if (cause === 'TRANSFER') return release;
  const key = failureKey(node, { cause, code: result['Response-Code'] ?? '' });
  if (key !== undefined) return next(key);
  await explain(call, cause);
  return stop(cause);
}

function numberToCall(call: Call, data: CarrierRequest): string {
  if (data.to_did) return data.to_did;
  const dialled = call.state.captureGroup ?? call.state.number;
  return data.do_not_normalize ? userOf(call.state.request) : dialled;
}

function headers(call: Call, data: CarrierRequest): Record<string, unknown> | undefined {
  const account = data.emit_account_id ? { 'X-Account-ID': call.state.accountId } : {};
  const all = { ...account, ...data.custom_sip_headers };
  return Object.keys(all).length > 0 ? all : undefined;
}

// A phone shows its own text for these; for the rest the caller hears why.
const silent = new Set(['USER_BUSY', 'NO_ANSWER', 'ORIGINATOR_CANCEL', 'NORMAL_CLEARING', 'CALL_REJECTED']);

async function explain(call: Call, cause: string): Promise<void> {
  if (silent.has(cause) || channelVar(call.state, 'Authorizing-Type') === 'resource') return;
  await call.execute('progress', {}, 10_000);
  await play(call, prompt(call, 'fault-can_not_be_completed_as_dialed'));
}
