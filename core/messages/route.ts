// The route handshake: who takes this call (contract/kapi.md, kapi_route; §4).
import { message, segment, Type } from '../contract/index.ts';
import { Any, Count, maybeOneOf, maybeText, some, Text, Texts, text, Vars } from './fields.ts';

/** "I take this call", and how. */
export const routeResp = message({
  category: 'dialplan',
  name: 'route_resp',
  exchange: 'targeted',
  fields: {
    Method: Type.Enum(['bridge', 'park', 'error', 'sms', 'plan', 'application']),
    'Pre-Park': maybeOneOf('none', 'ring_ready', 'answer'),
    ...maybeText('Context From-Realm From-URI From-User Ringback-Media Route-Error-Message Transfer-Media'),
    'Route-Error-Code': Type.Optional(Type.Union([Count, Text])),
    Routes: Type.Optional(Type.Array(Vars)),
    ...some(Any, 'Application-Data Plan-Data'),
    ...some(Vars, 'Custom-Application-Vars Custom-Channel-Vars'),
  },
});

/** "The call is yours": sent to the Server-ID of the first route_resp that fits. */
export const routeWin = message({
  category: 'dialplan',
  name: 'route_win',
  exchange: 'targeted',
  fields: {
    ...text('Call-ID Control-Queue'),
    'Custom-Channel-Vars': Type.Optional(Vars),
    'Switch-Hostname': Type.Optional(Text),
  },
});

/** Asks who takes a parked call. `Msg-ID` is the fetch id of the call. */
export const routeReq = message({
  category: 'dialplan',
  name: 'route_req',
  exchange: 'callmgr',
  key: (m) => {
    const type = m['Resource-Type'] ?? 'audio';
    const account = m['Custom-Channel-Vars']?.['Account-ID'];
    if (typeof account === 'string') return `route.req.${type}.${segment(account)}`;
    const [user = '', realm = ''] = m.Request.split('@');
    return `route.req.${type}.${segment(realm)}.${segment(user)}`;
  },
  fields: {
    ...text('Call-ID From Request To'),
    ...maybeText(`Call-Direction Caller-ID-Name Caller-ID-Number Context Destination-Number From-Network-Addr From-Tag Message-ID
      Orig-IP Origination-Call-ID Prepend-CID-Name Ringback-Media SIP-Request-Host Switch-Hostname Switch-Nodename Switch-URI
      Switch-URL To-Tag Transfer-Media User-Agent`),
    ...some(
      Vars,
      'Cost-Parameters Custom-Application-Vars Custom-Channel-Vars Custom-Routing-Headers Custom-SIP-Headers',
    ),
    ...some(Any, 'Body From-Network-Port Max-Call-Length Orig-Port Transcode'),
    Codecs: Type.Optional(Texts),
    'Resource-Type': maybeOneOf('mms', 'sms', 'audio', 'video', 'chat', 'metaflow'),
    Media: maybeOneOf('process', 'proxy', 'bypass'),
  },
  answers: [routeResp],
});
