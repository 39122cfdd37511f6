// Making calls: originate (ecallmgr) and offnet (carriers) (contract/kapi.md, kapi_resource and kapi_offnet_resource).
import { message, Type } from '../contract/index.ts';
import { dialMethod, endpoints, side, t38 } from './endpoints.ts';
import { Any, Count, Flag, maybeOneOf, maybeText, some, Texts, text, Vars } from './fields.ts';

const callerIds =
  maybeText(`Asserted-Identity-Name Asserted-Identity-Number Asserted-Identity-Realm Callee-ID-Name Callee-ID-Number
  Caller-ID-Name Caller-ID-Number Outbound-Callee-ID-Name Outbound-Callee-ID-Number Outbound-Caller-ID-Name
  Outbound-Caller-ID-Number`);
const vars = some(Vars, 'Custom-Application-Vars Custom-Channel-Vars Custom-SIP-Headers');
const media = maybeOneOf('process', 'bypass', 'auto');

export const originateResp = message({
  category: 'resource',
  name: 'originate_resp',
  exchange: 'targeted',
  fields: { ...text('Call-ID'), ...maybeText('Channel-Call-State Application-Response'), ...vars },
});
export const originateError = message({
  category: 'error',
  name: 'originate_resp',
  exchange: 'targeted',
  fields: { ...maybeText('Error-Message Call-ID'), Request: Type.Optional(Vars) },
});
export const originateStarted = message({
  category: 'resource',
  name: 'originate_started',
  exchange: 'targeted',
  fields: { ...text('Call-ID'), ...maybeText('Channel-Call-State') },
});
export const originateUuid = message({
  category: 'resource',
  name: 'originate_uuid',
  exchange: 'targeted',
  fields: { ...text('Outbound-Call-ID'), ...maybeText('Outbound-Call-Control-Queue') },
});

/** Ring endpoints without a caller, then do `Application-Name` with the one that answers. */
export const originateReq = message({
  category: 'resource',
  name: 'originate_req',
  exchange: 'callmgr',
  key: () => 'originate.resource.req',
  fields: {
    'Application-Name': Type.Enum(['bridge', 'eavesdrop', 'fax', 'park', 'transfer']),
    Endpoints: endpoints,
    'Dial-Endpoint-Method': dialMethod,
    ...callerIds,
    ...vars,
    ...maybeText(`Account-ID Eavesdrop-Call-ID Eavesdrop-Group-ID Eavesdrop-Mode Existing-Call-ID Fax-Identity-Name
      Fax-Identity-Number Fax-Timezone Hold-Media Origination-Call-ID Outbound-Call-ID Ringback SIP-Transport`),
    ...some(Count, 'Timeout'),
    ...some(
      Flag,
      `Ignore-Early-Media Intercept-Unbridged-Only Loopback-Bowout Originate-Immediate Simplify-Loopback
      Start-Control-Process`,
    ),
    ...some(Any, 'Application-Data Continue-On-Fail Export-Custom-Channel-Vars Fail-On-Single-Reject'),
    Media: media,
  },
  answers: [originateResp, originateError],
});

/** The outcome of an offnet call: `Response-Message` SUCCESS or a hangup cause, `Response-Code` like `sip:486`. */
export const offnetResp = message({
  category: 'resource',
  name: 'offnet_resp',
  exchange: 'targeted',
  fields: {
    ...text('Response-Message'),
    ...maybeText('Error-Message Call-ID Control-Queue Response-Code'),
    'Resource-Response': Type.Optional(Vars),
  },
});

/** Bridge a controlled call to a number through the carriers. */
export const offnetReq = message({
  category: 'resource',
  name: 'offnet_req',
  exchange: 'resources',
  key: (m) => `offnet.resource.req.${m['Resource-Type']}`,
  fields: {
    'Application-Name': Type.Enum(['bridge', 'eavesdrop', 'fax', 'park', 'sms', 'transfer']),
    'Resource-Type': Type.Enum(['audio', 'cid', 'originate', 'sms', 'video']),
    ...text('To-DID'),
    ...callerIds,
    ...vars,
    ...maybeText(`Account-ID Account-Realm Call-ID Control-Queue Emergency-Caller-ID-Name Emergency-Caller-ID-Number
      Fax-Identity-Name Fax-Identity-Number Fax-Timezone From-URI-Realm Group-ID Hold-Media Hunt-Account-ID Inception Message-ID
      Mode Original-Resource-Type Origination-Call-ID Outbound-Call-ID Presence-ID Privacy-Method Ringback`),
    ...t38,
    'Force-Fax': side,
    ...some(Any, 'Application-Data B-Leg-Events Body Denied-Call-Restrictions Outbound-Actions'),
    ...some(
      Flag,
      'Bypass-E164 Fax-T38-Enabled Force-Outbound Format-From-URI Ignore-Early-Media Privacy-Hide-Name Privacy-Hide-Number',
    ),
    ...some(Vars, 'Requestor-Custom-Channel-Vars Requestor-Custom-SIP-Headers'),
    Flags: Type.Optional(Texts),
    Timeout: Type.Optional(Count),
    Media: media,
  },
  answers: [offnetResp],
});

export const eavesdropResp = message({
  category: 'resource',
  name: 'eavesdrop_resp',
  exchange: 'targeted',
  fields: { ...text('Status'), ...maybeText('Eavesdropper-Call-ID Error-Msg') },
});

/** Ring an endpoint of an account and let it listen to a call, or to the calls of a queue. */
export const eavesdropReq = message({
  category: 'resource',
  name: 'eavesdrop_req',
  exchange: 'callmgr',
  key: () => 'eavesdrop.resource.req',
  fields: {
    ...text('Account-ID Endpoint-ID'),
    ...maybeText(`Eavesdrop-Call-ID Eavesdrop-Group-ID Eavesdrop-Mode Outbound-Caller-ID-Name
      Outbound-Caller-ID-Number`),
    'Endpoint-Timeout': Type.Optional(Count),
  },
  answers: [eavesdropResp],
});
