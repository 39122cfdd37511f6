// Call events on `callevt`, and questions about live channels (contract/kapi.md, kapi_call).
import type { TProperties, TSchema } from 'typebox';
import { type AnyMessage, type FieldsOf, message, segment, Type } from '../contract/index.ts';
import { Any, Count, Flag, maybeOneOf, maybeText, some, Texts, text, Vars } from './fields.ts';

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

/** The `Recorder` of recordings that media_mgr keeps. */
export const recorder = 'kz_media_recording';

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
      Parking-Slot Presence-ID Raw-Application-Data Raw-Application-Name Remote-SDP Replaced-By Request
      Resigning-Peer-UUID Resigning-UUID Root-Call-Interaction-ID Switch-Hostname Switch-Nodename Switch-URI Switch-URL
      Target-Call-ID Terminator To To-Tag To-Uri Transfer-Disposition Transfer-Source Transfer-To Transfer-Type User-Agent`),
    ...some(
      Any,
      'Application-Data Application-Response Call-Debug Channel-Debug Conference-Config Fax-Info Transfer-History',
    ),
    ...some(Vars, 'Custom-Application-Vars Custom-Channel-Vars Custom-SIP-Headers Recording'),
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

/** What answers a question about live channels: every ecallmgr tells of its own. */
const channelsAnswer = <const N extends string, C extends TSchema>(name: N, Channels: C) =>
  message({ category: 'call_event', name, exchange: 'targeted', fields: { Channels } });

/** A question about live channels; `about` is what they have in common. */
const channelsQuestion = <const N extends string, P extends TProperties, A extends AnyMessage>(
  name: N,
  fields: P,
  about: (fields: FieldsOf<P>) => string,
  answer: A,
) =>
  message({
    category: 'call_event',
    name,
    exchange: 'callevt',
    key: (m) => `call.status_req.${segment(about(m))}`,
    fields,
    answers: [answer],
  });

const channelList = Type.Optional(Type.Array(Vars));
const activeOnly = { 'Active-Only': Type.Optional(Flag) };

export const queryAuthIdResp = channelsAnswer('query_auth_id_resp', channelList);
/** Channels authorised by one device. */
export const queryAuthIdReq = channelsQuestion(
  'query_auth_id_req',
  text('Auth-ID'),
  (m) => m['Auth-ID'],
  queryAuthIdResp,
);

export const queryUserChannelsResp = channelsAnswer('query_user_channels_resp', channelList);
/** Channels of SIP users of a realm, or authorised by any of some devices. */
export const queryUserChannelsReq = channelsQuestion(
  'query_user_channels_req',
  { ...maybeText('Realm Username'), ...some(Texts, 'Authorizing-IDs Usernames'), ...activeOnly },
  (m) => `${m.Username ?? ''}@${m.Realm ?? ''}`,
  queryUserChannelsResp,
);

export const queryAccountChannelsResp = channelsAnswer('query_account_channels_resp', channelList);
/** Channels of an account. */
export const queryAccountChannelsReq = channelsQuestion(
  'query_account_channels_req',
  { ...text('Account-ID'), ...maybeText('Username'), ...some(Texts, 'Usernames'), ...activeOnly },
  (m) => m['Account-ID'],
  queryAccountChannelsResp,
);

/** Channels by call id; the values are channel objects. */
export const queryChannelsResp = channelsAnswer('query_channels_resp', Vars);
export const queryChannelsReq = channelsQuestion(
  'query_channels_req',
  { ...activeOnly, ...maybeText('Call-ID'), Fields: Type.Optional(Any) },
  () => 'channels',
  queryChannelsResp,
);

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
