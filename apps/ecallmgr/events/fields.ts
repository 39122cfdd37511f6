// The fields that every call event and every CDR has, read from an event of the switch (contract/freeswitch.md §3).
import { gregorian } from '../../../core/couch/index.ts';
import { callIdOf, type SwitchEvent, variable } from '../freeswitch/index.ts';
import { applicationVarsOf, channelVarsOf, orAbsent, sipHeadersOf } from '../variables.ts';

/** What ecallmgr knows beside the event itself. */
export interface EventContext {
  /** Name of the switch, e.g. `freeswitch@media1`. */
  readonly switchName: string;
  /** Custom-Channel-Vars that were decided for the leg but may not be on the channel yet. */
  readonly channelVars?: Readonly<Record<string, unknown>> | undefined;
}

/** Fields of call events and CDRs alike; undefined ones are not sent. */
export function commonFields(event: SwitchEvent, context: EventContext) {
  return {
    'Call-ID': callIdOf(event),
    Timestamp: timestampOf(event),
    'Channel-Created-Time': count(event['Caller-Channel-Created-Time']),
    'Call-Direction': event['Call-Direction'],
    'Channel-Name': event['Channel-Name'],
    'Channel-State': event['Channel-State']?.replace(/^CS_/, ''),
    'Channel-Call-State': event['Channel-Call-State'],
    'Channel-Answer-State': event['Answer-State'],
    'Caller-ID-Name': text(event['Caller-Caller-ID-Name']),
    'Caller-ID-Number': text(event['Caller-Caller-ID-Number']),
    'Callee-ID-Name': text(event['Caller-Callee-ID-Name']),
    'Callee-ID-Number': text(event['Caller-Callee-ID-Number']),
    'Caller-Destination-Number': event['Caller-Destination-Number'],
    'Other-Leg-Call-ID': otherLegOf(event),
    'Other-Leg-Direction': event['Other-Leg-Direction'],
    'Other-Leg-Caller-ID-Name': event['Other-Leg-Caller-ID-Name'],
    'Other-Leg-Caller-ID-Number': event['Other-Leg-Caller-ID-Number'],
    'Other-Leg-Destination-Number': event['Other-Leg-Destination-Number'],
    ...addressFields(event),
    'From-Tag': variable(event, 'sip_from_tag'),
    'To-Tag': variable(event, 'sip_to_tag'),
    'Presence-ID': variable(event, 'presence_id'),
    'User-Agent': variable(event, 'sip_user_agent'),
    'Media-Server': event['FreeSWITCH-Hostname'],
    'Switch-Hostname': event['FreeSWITCH-Hostname'],
    'Switch-Nodename': context.switchName,
    'Switch-URI': variable(event, 'sofia_profile_url'),
    'Switch-URL': variable(event, 'sofia_profile_url'),
    'Custom-Channel-Vars': orAbsent({ ...channelVarsOf(event), ...context.channelVars }),
    'Custom-Application-Vars': orAbsent(applicationVarsOf(event)),
    'Custom-SIP-Headers': orAbsent(sipHeadersOf(event)),
  };
}

/** To, From and Request as `user@host`; channels without SIP (loopback) go by their numbers. */
export function addressFields(event: SwitchEvent) {
  const request = variable(event, 'sip_req_uri') ?? variable(event, 'sip_to_uri');
  const to = variable(event, 'sip_to_uri') ?? request;
  const from = variable(event, 'sip_from_uri');
  const realm = variable(event, 'ecallmgr_Realm') ?? variable(event, 'ecallmgr_Account-Realm');
  const plain = (number: string | undefined): string | undefined =>
    number === undefined || number === '' ? undefined : `${number}@${realm ?? 'nodomain'}`;
  return {
    To: to ?? plain(event['Caller-Destination-Number']),
    From: from ?? plain(event['Caller-Caller-ID-Number']),
    Request: request ?? plain(event['Caller-Destination-Number']),
    'To-Uri': to,
    'From-Uri': from,
  };
}

/** How a leg ended and how long it lasted, from CHANNEL_DESTROY. Whole seconds, as the switch rounds them. */
export function endFields(event: SwitchEvent) {
  return {
    'Hangup-Cause': hangupCauseOf(event),
    'Hangup-Code': hangupCodeOf(event),
    Disposition: variable(event, 'endpoint_disposition') ?? variable(event, 'originate_disposition'),
    'Duration-Seconds': count(variable(event, 'duration')),
    'Billing-Seconds': count(variable(event, 'billsec')),
    'Ringing-Seconds': count(variable(event, 'progresssec')),
    'Digits-Dialed': digitsDialed(event),
    'Remote-SDP': variable(event, 'switch_r_sdp'),
    'Local-SDP': variable(event, 'rtp_local_sdp_str'),
    'Media-Recordings': recordingsOf(event),
  };
}

export function hangupCauseOf(event: SwitchEvent): string | undefined {
  return (
    variable(event, 'hangup_cause') ?? event['Hangup-Cause'] ?? variable(event, 'last_bridge_hangup_cause')
  );
}

/** `sip:486` */
export function hangupCodeOf(event: SwitchEvent): string | undefined {
  return (
    variable(event, 'proto_specific_hangup_cause') ??
    variable(event, 'last_bridge_proto_specific_hangup_cause')
  );
}

/** The ids of the recordings made of this channel. */
export function recordingsOf(event: SwitchEvent): string[] | undefined {
  const list = channelVarsOf(event)['Media-Recordings'];
  if (Array.isArray(list)) return list.map(String);
  return typeof list === 'string' ? list.replace(/^ARRAY::/, '').split('|:') : undefined;
}

/** The other leg while the two are bridged, or the one that was bridged last. */
export function otherLegOf(event: SwitchEvent): string | undefined {
  return event['Other-Leg-Unique-ID'] ?? variable(event, 'bridge_uuid') ?? variable(event, 'last_bridge_to');
}

/** When the event was made, in Gregorian seconds. */
export function timestampOf(event: SwitchEvent): number {
  const microseconds = Number(event['Event-Date-Timestamp']);
  return gregorian(Number.isFinite(microseconds) ? new Date(microseconds / 1000) : new Date());
}

/** A whole number, or undefined when it is none. */
export function count(value: string | undefined): number | undefined {
  return value !== undefined && /^-?\d+$/.test(value) ? Number(value) : undefined;
}

const text = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

function digitsDialed(event: SwitchEvent): string | undefined {
  const digits = variable(event, 'digits_dialed');
  return digits === 'none' ? undefined : digits;
}
