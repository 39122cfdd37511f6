// Call events on `callevt`, and questions about live channels (contract/kapi.md, kapi_call).
import { message, segment, Type } from '../contract/index.ts';
import { Any, Count, Flag, maybeOneOf, maybeText, some, Text, Texts, text, Vars } from './fields.ts';

/** Every event name that ecallmgr or an app publishes for a call. */
export const callEventNames = [
  'CHANNEL_CREATE',
  'CHANNEL_PROGRESS',
  'CHANNEL_PROGRESS_MEDIA',
  'CHANNEL_ANSWER',
  'CHANNEL_BRIDGE',
  'CHANNEL_UNBRIDGE',
  'CHANNEL_EXECUTE',
  'CHANNEL_EXECUTE_COMPLETE',
  'CHANNEL_EXECUTE_ERROR',
  'CHANNEL_HOLD',
  'CHANNEL_UNHOLD',
  'CALL_UPDATE',
  'CALL_SECURE',
  'CHANNEL_DATA',
  'CHANNEL_SYNC',
  'DTMF',
  'DETECTED_TONE',
  'RECORD_START',
  'RECORD_STOP',
  'CHANNEL_FAX_STATUS',
  'FAX_DETECTED',
  'CHANNEL_REPLACED',
  'CHANNEL_TRANSFEROR',
  'CHANNEL_TRANSFEREE',
  'CHANNEL_INTERCEPTED',
  'CHANNEL_DIRECT',
  'CHANNEL_CONNECTED',
  'CHANNEL_PIVOT',
  'CHANNEL_DISCONNECTED',
  'LEG_CREATED',
  'LEG_DESTROYED',
  'CHANNEL_DESTROY',
  'PARK_PARKED',
  'PARK_RETRIEVED',
  'PARK_ABANDONED',
] as const;

export type CallEventName = (typeof callEventNames)[number];

/** One event of one leg. Times in Gregorian seconds (`Timestamp`) and microseconds (`Channel-Created-Time`). */
export const callEvent = message({
  category: 'call_event',
  name: callEventNames,
  exchange: 'callevt',
  key: (m) => `call.${m['Event-Name'] ?? '*'}.${segment(m['Call-ID'])}`,
  fields: {
    ...text('Call-ID'),
    ...maybeText(`Application-Event Application-Name Bridge-B-Unique-ID Bridge-Hangup-Cause Call-Direction Callee-ID-Name
      Callee-ID-Number Caller-Destination-Number Caller-ID-Name Caller-ID-Number Channel-Answer-State Channel-Call-State
      Channel-Loopback-Leg Channel-Loopback-Other-Leg-ID Channel-Name Channel-State Conference-Name Connecting-Leg-A-UUID
      Connecting-Leg-B-UUID Control-Queue DTMF-Digit Detected-Tone Digits-Dialed Disposition Endpoint-Disposition Error From
      From-Tag From-Uri Hangup-Cause Hangup-Code Interaction-ID Intercepted-By Local-SDP Media-Server Origination-Call-ID
      Other-Leg-Call-ID Other-Leg-Caller-ID-Name Other-Leg-Caller-ID-Number Other-Leg-Destination-Number Other-Leg-Direction
      Parking-Slot Presence-ID Raw-Application-Data Raw-Application-Name Recording Remote-SDP Replaced-By Request
      Resigning-Peer-UUID Resigning-UUID Root-Call-Interaction-ID Switch-Hostname Switch-Nodename Switch-URI Switch-URL
      Target-Call-ID Terminator To To-Tag To-Uri Transfer-Disposition Transfer-Source Transfer-To Transfer-Type User-Agent`),
    ...some(
      Any,
      'Application-Data Application-Response Call-Debug Channel-Debug Conference-Config Fax-Info Transfer-History',
    ),
    ...some(Vars, 'Custom-Application-Vars Custom-Channel-Vars Custom-SIP-Headers'),
    ...some(
      Count,
      'Billing-Seconds Channel-Created-Time DTMF-Duration Duration-Seconds Length Ringing-Seconds Timestamp',
    ),
    ...some(
      Flag,
      'Channel-Is-Loopback Channel-Loopback-Bowout Channel-Loopback-Bowout-Execute Channel-Moving Silence-Terminated',
    ),
    'Media-Recordings': Type.Optional(Texts),
  },
});

export const channelStatusResp = message({
  category: 'call_event',
  name: 'channel_status_resp',
  exchange: 'targeted',
  fields: {
    ...text('Call-ID'),
    Status: Type.Enum(['active', 'tmpdown', 'terminated']),
    ...maybeText(
      'Error-Msg From-Tag Other-Leg-Call-ID Realm Switch-Hostname Switch-Nodename Switch-URL To-Tag Username',
    ),
    ...some(Vars, 'Custom-Application-Vars Custom-Channel-Vars'),
  },
});

export const channelStatusReq = message({
  category: 'call_event',
  name: 'channel_status_req',
  exchange: 'callevt',
  key: (m) => `call.status_req.${segment(m['Call-ID'])}`,
  fields: { ...text('Call-ID'), 'Active-Only': Type.Optional(Flag) },
  answers: [channelStatusResp],
});

const channelList = Type.Optional(Type.Array(Vars));

export const queryAuthIdResp = message({
  category: 'call_event',
  name: 'query_auth_id_resp',
  exchange: 'targeted',
  fields: { Channels: channelList },
});

/** Channels authorised by one device. */
export const queryAuthIdReq = message({
  category: 'call_event',
  name: 'query_auth_id_req',
  exchange: 'callevt',
  key: (m) => `call.status_req.${segment(m['Auth-ID'])}`,
  fields: text('Auth-ID'),
  answers: [queryAuthIdResp],
});

export const queryUserChannelsResp = message({
  category: 'call_event',
  name: 'query_user_channels_resp',
  exchange: 'targeted',
  fields: { Channels: channelList },
});

/** Channels of SIP users of a realm, or authorised by any of some devices. */
export const queryUserChannelsReq = message({
  category: 'call_event',
  name: 'query_user_channels_req',
  exchange: 'callevt',
  key: (m) => `call.status_req.${segment(`${m.Username ?? ''}@${m.Realm ?? ''}`)}`,
  fields: {
    ...maybeText('Realm Username'),
    ...some(Texts, 'Authorizing-IDs Usernames'),
    'Active-Only': Type.Optional(Flag),
  },
  answers: [queryUserChannelsResp],
});

export const queryAccountChannelsResp = message({
  category: 'call_event',
  name: 'query_account_channels_resp',
  exchange: 'targeted',
  fields: { Channels: channelList },
});

export const queryAccountChannelsReq = message({
  category: 'call_event',
  name: 'query_account_channels_req',
  exchange: 'callevt',
  key: (m) => `call.status_req.${segment(m['Account-ID'])}`,
  fields: {
    ...text('Account-ID'),
    Username: Type.Optional(Text),
    Usernames: Type.Optional(Texts),
    'Active-Only': Type.Optional(Flag),
  },
  answers: [queryAccountChannelsResp],
});

/** Channels by call id; the values are channel objects. */
export const queryChannelsResp = message({
  category: 'call_event',
  name: 'query_channels_resp',
  exchange: 'targeted',
  fields: { Channels: Vars },
});

export const queryChannelsReq = message({
  category: 'call_event',
  name: 'query_channels_req',
  exchange: 'callevt',
  key: () => 'call.status_req.channels',
  fields: { 'Active-Only': Type.Optional(Flag), 'Call-ID': Type.Optional(Text), Fields: Type.Optional(Any) },
  answers: [queryChannelsResp],
});

/** "I control this call from now on": older controllers with another Fetch-ID let go. */
export const usurpControl = message({
  category: 'call_event',
  name: 'usurp_control',
  exchange: 'callevt',
  key: (m) => `call.usurp_control.${segment(m['Call-ID'])}`,
  fields: { ...text('Call-ID Fetch-ID'), ...maybeText('Media-Node Reason') },
});

export const usurpPublisher = message({
  category: 'call_event',
  name: 'usurp_publisher',
  exchange: 'callevt',
  key: (m) => `call.usurp_publisher.${segment(m['Call-ID'])}`,
  fields: { ...text('Call-ID Reference'), ...maybeText('Media-Node Reason') },
});

export const channelState = maybeOneOf('active', 'terminated');
