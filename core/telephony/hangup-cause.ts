// Why a call ended: FreeSWITCH's names, their Q.850 numbers (ITU-T) and the SIP status each is sent as (RFC 3398 and practice).

/** Q.850 number (above 127: FreeSWITCH's own) and SIP status of every cause. */
export const hangupCauses = {
  NONE: [0, 480],
  UNALLOCATED_NUMBER: [1, 404],
  NO_ROUTE_TRANSIT_NET: [2, 404],
  NO_ROUTE_DESTINATION: [3, 404],
  CHANNEL_UNACCEPTABLE: [6, 480],
  CALL_AWARDED_DELIVERED: [7, 480],
  NORMAL_CLEARING: [16, 480],
  USER_BUSY: [17, 486],
  NO_USER_RESPONSE: [18, 408],
  NO_ANSWER: [19, 480],
  SUBSCRIBER_ABSENT: [20, 480],
  CALL_REJECTED: [21, 603],
  NUMBER_CHANGED: [22, 410],
  REDIRECTION_TO_NEW_DESTINATION: [23, 410],
  EXCHANGE_ROUTING_ERROR: [25, 483],
  DESTINATION_OUT_OF_ORDER: [27, 502],
  INVALID_NUMBER_FORMAT: [28, 484],
  FACILITY_REJECTED: [29, 501],
  RESPONSE_TO_STATUS_ENQUIRY: [30, 480],
  NORMAL_UNSPECIFIED: [31, 480],
  NORMAL_CIRCUIT_CONGESTION: [34, 503],
  NETWORK_OUT_OF_ORDER: [38, 503],
  NORMAL_TEMPORARY_FAILURE: [41, 503],
  SWITCH_CONGESTION: [42, 503],
  ACCESS_INFO_DISCARDED: [43, 480],
  REQUESTED_CHAN_UNAVAIL: [44, 503],
  PRE_EMPTED: [45, 480],
  FACILITY_NOT_SUBSCRIBED: [50, 480],
  OUTGOING_CALL_BARRED: [52, 403],
  INCOMING_CALL_BARRED: [54, 403],
  BEARERCAPABILITY_NOTAUTH: [57, 403],
  BEARERCAPABILITY_NOTAVAIL: [58, 503],
  SERVICE_UNAVAILABLE: [63, 503],
  BEARERCAPABILITY_NOTIMPL: [65, 488],
  CHAN_NOT_IMPLEMENTED: [66, 480],
  FACILITY_NOT_IMPLEMENTED: [69, 501],
  SERVICE_NOT_IMPLEMENTED: [79, 501],
  INVALID_CALL_REFERENCE: [81, 480],
  INCOMPATIBLE_DESTINATION: [88, 488],
  INVALID_MSG_UNSPECIFIED: [95, 480],
  MANDATORY_IE_MISSING: [96, 480],
  MESSAGE_TYPE_NONEXIST: [97, 480],
  WRONG_MESSAGE: [98, 480],
  IE_NONEXIST: [99, 480],
  INVALID_IE_CONTENTS: [100, 480],
  WRONG_CALL_STATE: [101, 480],
  RECOVERY_ON_TIMER_EXPIRE: [102, 504],
  MANDATORY_IE_LENGTH_ERROR: [103, 480],
  PROTOCOL_ERROR: [111, 480],
  INTERWORKING: [127, 480],
  ORIGINATOR_CANCEL: [487, 487],
  CRASH: [500, 500],
  SYSTEM_SHUTDOWN: [501, 503],
  LOSE_RACE: [502, 480],
  MANAGER_REQUEST: [503, 480],
  BLIND_TRANSFER: [600, 480],
  ATTENDED_TRANSFER: [601, 480],
  ALLOTTED_TIMEOUT: [602, 480],
  USER_CHALLENGE: [603, 407],
  MEDIA_TIMEOUT: [604, 480],
  PICKED_OFF: [605, 487],
  USER_NOT_REGISTERED: [606, 480],
  PROGRESS_TIMEOUT: [607, 480],
  INVALID_GATEWAY: [608, 404],
  GATEWAY_DOWN: [609, 503],
} as const satisfies Record<string, readonly [q850: number, sip: number]>;

export type HangupCause = keyof typeof hangupCauses;

const byQ850 = new Map(
  Object.entries(hangupCauses).map(([name, [q850]]) => [q850 as number, name as HangupCause]),
);

const bySip: ReadonlyMap<number, HangupCause> = new Map(
  (
    [
      ['NORMAL_CLEARING', [200]],
      ['CALL_REJECTED', [401, 402, 403, 407, 603, 608]],
      ['UNALLOCATED_NUMBER', [404]],
      ['NO_ROUTE_DESTINATION', [485, 604]],
      ['SERVICE_UNAVAILABLE', [405]],
      ['SERVICE_NOT_IMPLEMENTED', [406, 415, 501]],
      ['RECOVERY_ON_TIMER_EXPIRE', [408, 504]],
      ['NUMBER_CHANGED', [410]],
      ['INTERWORKING', [413, 414, 416, 420, 421, 423, 505, 513]],
      ['NO_USER_RESPONSE', [480]],
      ['NORMAL_TEMPORARY_FAILURE', [400, 481, 500, 503]],
      ['EXCHANGE_ROUTING_ERROR', [482, 483]],
      ['INVALID_NUMBER_FORMAT', [484]],
      ['USER_BUSY', [486, 600]],
      ['ORIGINATOR_CANCEL', [487]],
      ['INCOMPATIBLE_DESTINATION', [488, 606]],
      ['NETWORK_OUT_OF_ORDER', [502]],
    ] as const
  ).flatMap(([cause, codes]) => codes.map((code) => [code, cause] as const)),
);

/** True for a name of the table. */
export function isHangupCause(name: string): name is HangupCause {
  return Object.hasOwn(hangupCauses, name);
}

/** The SIP status that a cause is sent as before the answer; 480 for a name nobody knows. */
export function sipStatusOf(cause: string): number {
  return isHangupCause(cause) ? hangupCauses[cause][1] : 480;
}

/** The Q.850 number for a `Reason` header; 31 (normal, unspecified) for a name nobody knows or one of FreeSWITCH's own. */
export function q850Of(cause: string): number {
  const [q850] = isHangupCause(cause) ? hangupCauses[cause] : [31];
  return q850 > 127 ? 31 : q850;
}

/** The cause behind a final SIP status; `NORMAL_UNSPECIFIED` for others. */
export function causeOfSip(status: number): HangupCause {
  return bySip.get(status) ?? 'NORMAL_UNSPECIFIED';
}

/** The cause of a Q.850 number; `NORMAL_UNSPECIFIED` for others. */
export function causeOfQ850(q850: number): HangupCause {
  return byQ850.get(q850) ?? 'NORMAL_UNSPECIFIED';
}
