// Where a bridge, an originate or a page may go, and what is said of each destination (contract/kapi.md, kapi_dialplan).
import { Type } from '../contract/index.ts';
import { Any, Count, Flag, maybeOneOf, maybeText, some, Texts, Vars } from './fields.ts';

/** Whose side a T.38 gateway is on. */
export const side = maybeOneOf('self', 'peer');
export const t38 = {
  ...some(Flag, 'Enable-T38-Fax Enable-T38-Fax-Request Enable-T38-Passthrough'),
  'Enable-T38-Gateway': side,
};
export const callerIds =
  maybeText(`Callee-ID-Name Callee-ID-Number Caller-ID-Name Caller-ID-Number Outbound-Callee-ID-Name
  Outbound-Callee-ID-Number Outbound-Caller-ID-Name Outbound-Caller-ID-Number`);
export const vars = some(Vars, 'Custom-Application-Vars Custom-Channel-Vars Custom-SIP-Headers');

/** One destination of a bridge, an originate or a page. Timeouts and delays in seconds. */
export const endpointSchema = Type.Object({
  'Invite-Format': Type.Enum([
    'username',
    'e164',
    'npan',
    '1npan',
    'route',
    'loopback',
    'contact',
    'endpoint',
    'forward',
    'strip_plus',
  ]),
  ...callerIds,
  ...vars,
  ...t38,
  ...maybeText(`Account-ID Auth-Password Auth-Realm Auth-User Call-Context Endpoint-ID Endpoint-Type Endpoint-URI Forward-IP
    Hold-Media Outbound-Call-ID Presence-ID Privacy-Method Proxy-IP Proxy-Zone Route SIP-Interface SIP-Transport To-DID To-IP
    To-Realm To-URI To-User To-Username`),
  ...some(Count, 'Endpoint-Delay Endpoint-Progress-Timeout Endpoint-Timeout'),
  ...some(Any, 'Endpoint-Actions Endpoint-Options Failover'),
  ...some(
    Flag,
    `Bypass-Media Ignore-Completed-Elsewhere Ignore-Early-Media Loopback-Bowout Privacy-Hide-Name Privacy-Hide-Number
    Simplify-Loopback`,
  ),
  'Force-Fax': side,
  ...some(Texts, 'Codecs SIP-Invite-Parameters'),
});

export const endpoints = Type.Array(endpointSchema, { minItems: 1 });
export const dialMethod = maybeOneOf('single', 'simultaneous');
