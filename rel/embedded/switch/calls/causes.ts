// Hangup causes: FreeSWITCH's names, their Q.850 numbers, and the SIP status codes on either side of them.

const NUMBERS = {
  NONE: 0,
  UNALLOCATED_NUMBER: 1,
  NO_ROUTE_TRANSIT_NET: 2,
  NO_ROUTE_DESTINATION: 3,
  CHANNEL_UNACCEPTABLE: 6,
  NORMAL_CLEARING: 16,
  USER_BUSY: 17,
  NO_USER_RESPONSE: 18,
  NO_ANSWER: 19,
  SUBSCRIBER_ABSENT: 20,
  CALL_REJECTED: 21,
  NUMBER_CHANGED: 22,
  REDIRECTION_TO_NEW_DESTINATION: 23,
  EXCHANGE_ROUTING_ERROR: 25,
  DESTINATION_OUT_OF_ORDER: 27,
  INVALID_NUMBER_FORMAT: 28,
  FACILITY_REJECTED: 29,
  NORMAL_UNSPECIFIED: 31,
  NORMAL_CIRCUIT_CONGESTION: 34,
  NETWORK_OUT_OF_ORDER: 38,
  NORMAL_TEMPORARY_FAILURE: 41,
  SWITCH_CONGESTION: 42,
  REQUESTED_CHAN_UNAVAIL: 44,
  OUTGOING_CALL_BARRED: 52,
  INCOMING_CALL_BARRED: 54,
  BEARERCAPABILITY_NOTAUTH: 57,
  BEARERCAPABILITY_NOTAVAIL: 58,
  SERVICE_UNAVAILABLE: 63,
  BEARERCAPABILITY_NOTIMPL: 65,
  CHAN_NOT_IMPLEMENTED: 66,
  FACILITY_NOT_IMPLEMENTED: 69,
  SERVICE_NOT_IMPLEMENTED: 79,
  INCOMPATIBLE_DESTINATION: 88,
  RECOVERY_ON_TIMER_EXPIRE: 102,
  PROTOCOL_ERROR: 111,
  INTERWORKING: 127,
  SUCCESS: 142,
  ORIGINATOR_CANCEL: 487,
  CRASH: 700,
  SYSTEM_SHUTDOWN: 701,
  LOSE_RACE: 702,
  MANAGER_REQUEST: 703,
  BLIND_TRANSFER: 800,
  ATTENDED_TRANSFER: 801,
  ALLOTTED_TIMEOUT: 802,
  USER_CHALLENGE: 803,
  MEDIA_TIMEOUT: 804,
  PICKED_OFF: 805,
  USER_NOT_REGISTERED: 806,
  PROGRESS_TIMEOUT: 807,
  INVALID_GATEWAY: 808,
  GATEWAY_DOWN: 809,
  INVALID_URL: 810,
  INVALID_PROFILE: 811,
} as const;

export type HangupCause = keyof typeof NUMBERS;

const TO_SIP: Partial<Record<HangupCause, number>> = {
  UNALLOCATED_NUMBER: 404,
  NO_ROUTE_TRANSIT_NET: 404,
  NO_ROUTE_DESTINATION: 404,
  USER_BUSY: 486,
  NO_USER_RESPONSE: 408,
  CALL_REJECTED: 603,
  NUMBER_CHANGED: 410,
  REDIRECTION_TO_NEW_DESTINATION: 410,
  DESTINATION_OUT_OF_ORDER: 502,
  INVALID_PROFILE: 502,
  INVALID_NUMBER_FORMAT: 484,
  INVALID_URL: 484,
  INVALID_GATEWAY: 484,
  FACILITY_REJECTED: 501,
  REQUESTED_CHAN_UNAVAIL: 503,
  NORMAL_CIRCUIT_CONGESTION: 503,
  NETWORK_OUT_OF_ORDER: 503,
  NORMAL_TEMPORARY_FAILURE: 503,
  SWITCH_CONGESTION: 503,
  GATEWAY_DOWN: 503,
  OUTGOING_CALL_BARRED: 403,
  INCOMING_CALL_BARRED: 403,
  BEARERCAPABILITY_NOTAUTH: 403,
  BEARERCAPABILITY_NOTAVAIL: 503,
  BEARERCAPABILITY_NOTIMPL: 488,
  INCOMPATIBLE_DESTINATION: 488,
  FACILITY_NOT_IMPLEMENTED: 501,
  SERVICE_NOT_IMPLEMENTED: 501,
  RECOVERY_ON_TIMER_EXPIRE: 504,
  ORIGINATOR_CANCEL: 487,
  EXCHANGE_ROUTING_ERROR: 483,
};

const FROM_SIP: Partial<Record<HangupCause, readonly number[]>> = {
  NORMAL_CLEARING: [200],
  CALL_REJECTED: [401, 402, 403, 407, 603, 608],
  UNALLOCATED_NUMBER: [404],
  NO_ROUTE_DESTINATION: [485, 604],
  RECOVERY_ON_TIMER_EXPIRE: [408, 504],
  NUMBER_CHANGED: [410],
  INTERWORKING: [413, 414, 416, 420, 421, 423, 505, 513],
  NO_USER_RESPONSE: [480],
  NORMAL_TEMPORARY_FAILURE: [400, 481, 500, 503],
  USER_BUSY: [486, 600],
  INVALID_NUMBER_FORMAT: [484],
  INCOMPATIBLE_DESTINATION: [488, 606],
  NETWORK_OUT_OF_ORDER: [502],
  SERVICE_UNAVAILABLE: [405],
  SERVICE_NOT_IMPLEMENTED: [406, 415, 501],
  EXCHANGE_ROUTING_ERROR: [482, 483],
  ORIGINATOR_CANCEL: [487],
};

/** The status that refuses an unanswered INVITE for this cause; 480 where there is no better one. */
export function causeToStatus(cause: HangupCause): number {
  return TO_SIP[cause] ?? 480;
}

export function statusToCause(status: number): HangupCause {
  for (const [cause, statuses] of Object.entries(FROM_SIP)) {
    if (statuses?.includes(status)) return cause as HangupCause;
  }
  return 'NORMAL_UNSPECIFIED';
}

/** FreeSWITCH's own causes over 127 have no meaning in Q.850: outside they are a normal clearing. */
export function causeToQ850(cause: HangupCause): number {
  const number = NUMBERS[cause];
  return number > 127 ? NUMBERS.NORMAL_CLEARING : number;
}

export function causeNumber(cause: HangupCause): number {
  return NUMBERS[cause];
}

/** Reads a name or a number; undefined when it is neither. */
export function findCause(text: string | undefined): HangupCause | undefined {
  if (!text) return undefined;
  const name = text.trim().toUpperCase();
  if (Object.hasOwn(NUMBERS, name)) return name as HangupCause;
  const number = Number(name);
  const entry = Object.entries(NUMBERS).find(([, value]) => value === number);
  return /^\d+$/.test(name) && entry ? (entry[0] as HangupCause) : undefined;
}

/** The cause in a `Reason: Q.850;cause=16;text="…"` header. */
export function causeFromReason(reason: string | undefined): HangupCause | undefined {
  return findCause(/\bQ\.850\b[^,]*;\s*cause\s*=\s*"?(\d+)/i.exec(reason ?? '')?.[1]);
}
