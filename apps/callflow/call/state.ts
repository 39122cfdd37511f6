// What a callflow knows of its call: plain data, so that another process can go on with it (`callflow.resume`).
import type { MessageOf } from '../../../core/contract/index.ts';
import type { routeReq } from '../../../core/messages/route.ts';

/** Variables that every process of the cluster sees (Custom-Channel-Vars). */
export type Vars = Record<string, unknown>;

/** The story of a call so far. Must survive JSON. */
export interface CallState {
  /** That of the leg it is now; another leg may take its place. */
  callId: string;
  readonly accountId: string;
  readonly controlQueue: string;
  readonly fetchId: string;
  readonly callflowId: string;
  /** `user@realm` of the SIP request, the To and the From header. */
  readonly request: string;
  readonly to: string;
  readonly from: string;
  /** The number that was looked up, and what the pattern captured of it. */
  readonly number: string;
  readonly captureGroup?: string;
  readonly captureGroups?: Readonly<Record<string, string>>;
  readonly direction: string;
  readonly resourceType: string;
  callerIdName: string;
  callerIdNumber: string;
  language: string;
  answered: boolean;
  channelVars: Vars;
  applicationVars: Vars;
  /** Digits collected by `collect_dtmf`, by collection name. */
  collections: Record<string, string>;
}

/** Which flow was found for the call, and under which number. */
export interface FoundFlow {
  readonly callflowId: string;
  readonly number: string;
  readonly captureGroup?: string;
  readonly captureGroups?: Readonly<Record<string, string>>;
}

/** The state of a call at the moment it was won. */
export function newCallState(
  request: MessageOf<typeof routeReq>,
  won: { readonly controlQueue: string; readonly channelVars: Vars; readonly language: string },
  found: FoundFlow,
): CallState {
  const channelVars = { ...request['Custom-Channel-Vars'], ...won.channelVars };
  return {
    callId: request['Call-ID'],
    accountId: String(channelVars['Account-ID'] ?? ''),
    controlQueue: won.controlQueue,
    fetchId: request['Msg-ID'] ?? '',
    request: request.Request,
    to: request.To,
    from: request.From,
    direction: request['Call-Direction'] ?? 'inbound',
    resourceType: request['Resource-Type'] ?? 'audio',
    callerIdName: request['Caller-ID-Name'] ?? '',
    callerIdNumber: request['Caller-ID-Number'] ?? '',
    language: won.language,
    answered: false,
    channelVars,
    applicationVars: { ...request['Custom-Application-Vars'] },
    collections: {},
    ...found,
  };
}

/** The part of `user@realm` before the @. */
export function userOf(address: string): string {
  return address.split('@')[0] ?? '';
}

/** The part of `user@realm` behind the @. */
export function realmOf(address: string): string {
  return address.split('@')[1] ?? '';
}

/** A channel variable as text, when it is set. */
export function channelVar(state: CallState, name: string): string | undefined {
  const value = state.channelVars[name];
  return value === undefined || value === '' ? undefined : String(value);
}
