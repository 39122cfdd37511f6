// Commands of whom a call talks to, and where it goes (contract/kapi.md, kapi_dialplan).
import { Type } from '../../contract/index.ts';
import { callerIds, dialMethod, endpoints, side, t38, vars } from '../endpoints.ts';
import { Any, Count, Flag, maybeOneOf, maybeText, some, Text, Texts, text, Vars } from '../fields.ts';
import { command, leg } from './command.ts';

export const bridge = command('bridge', 'Ring endpoints and connect the first that answers', {
  Endpoints: endpoints,
  'Dial-Endpoint-Method': dialMethod,
  ...callerIds,
  ...vars,
  ...t38,
  ...maybeText(`Asserted-Identity-Name Asserted-Identity-Number Asserted-Identity-Realm Call-Context Confirm-File Confirm-Key
    Hold-Media Privacy-Method Ringback SIP-Transport`),
  ...some(Count, 'Confirm-Cancel-Timeout Timeout'),
  ...some(Any, 'B-Leg-Events Bridge-Actions Continue-On-Fail Fail-On-Single-Reject'),
  ...some(Texts, 'Export-Bridge-Variables Export-Variables SIP-Invite-Parameters'),
  ...some(
    Flag,
    `Continue-After Ignore-Completed-Elsewhere Ignore-Early-Media Ignore-Forward Loopback-Bowout Privacy-Hide-Name
    Privacy-Hide-Number Secure-RTP Simplify-Loopback`,
  ),
  'Force-Fax': side,
  Media: maybeOneOf('process', 'bypass', 'auto'),
});
export const unbridge = command('unbridge', 'Part the two legs and park them', { Leg: leg });
export const park = command('park', 'Park the call; Timeout in milliseconds', {
  'Hangup-Cause': Type.Optional(Text),
  Timeout: Type.Optional(Count),
});
const pickup = {
  ...text('Target-Call-ID'),
  ...some(
    Flag,
    `Continue-On-Cancel Continue-On-Fail Hangup-After-Pickup Move-Channel-If-Necessary Other-Leg Park-After-Pickup
    Unanswered-Only Unbridged-Only`,
  ),
};
/**
 * Joins the call to another one that waits, wherever that is: on another switch the caller is brought there. Completes when
 * the two part, with Application-Response SUCCESS, or when nothing came of it.
 */
export const callPickup = command('call_pickup', 'Take over a call that waits', pickup);
/** As `call_pickup`. */
export const connectLeg = command('connect_leg', 'Join the call to another one', {
  ...pickup,
  'B-Leg-Events': Type.Optional(Any),
  'Publish-Usurp': Type.Optional(Flag),
});
/**
 * Listens to a call, wherever that is. With Enable-DTMF the listener's keys speak: 2 to the one listened to, 3 to both, 0 to nobody.
 * Completes when either has gone.
 */
export const eavesdrop = command('eavesdrop', 'Listen to another call', {
  ...text('Target-Call-ID'),
  ...some(Flag, 'Continue-On-Cancel Continue-On-Fail Enable-DTMF Move-Channel-If-Necessary Other-Leg'),
});
/**
 * Rings endpoints that answer by themselves, and lets them hear the caller until he leaves. Timeout in seconds, for each
 * endpoint; `Page-Options.Two-Way-Audio` lets them speak too. Completes when the caller has left.
 */
export const page = command('page', 'Speak to many phones at once', {
  Endpoints: endpoints,
  ...maybeText('Callee-ID-Name Callee-ID-Number Caller-ID-Name Caller-ID-Number'),
  ...some(Vars, 'Custom-Channel-Vars Custom-SIP-Headers Page-Options'),
  Timeout: Type.Optional(Count),
});
/**
 * Sends a leg to a number, as if it had called that: who takes it is asked. Of `bleg` the other leg goes and this one stays
 * commanded. The leg that goes is told of by CHANNEL_TRANSFEREE.
 */
export const transfer = command('transfer', 'Send a leg to a number', {
  ...text('Transfer-To'),
  'Transfer-Type': Type.Enum(['blind', 'attended']),
  'Transfer-Leg': maybeOneOf('bleg', 'both'),
  ...maybeText('Caller-ID-Name Caller-ID-Number Transfer-Context'),
  ...some(Vars, 'Attended-Transfer-Keys Custom-Channel-Vars'),
});
/** For dialplans of an operator's own: `name`, or `name XML context`. */
export const executeExtension = command(
  'execute_extension',
  'Run an extension of the dialplan of the switch',
  {
    ...text('Extension'),
    'Custom-Channel-Vars': Type.Optional(Vars),
    Reset: Type.Optional(Flag),
  },
);
/**
 * Joins a conference, wherever it is: on another switch the caller is brought there. Who knocks is asked for PIN and name
 * before this. Completes when the caller leaves it.
 */
export const conference = command('conference', 'Join a conference', {
  ...text('Conference-ID'),
  Profile: Type.Optional(Text),
  ...some(Flag, 'Deaf Member-Nospeak Moderator Mute Nospeak-Check Reinvite'),
});
export const hold = command('hold', 'Play music on hold', maybeText('Hold-Media'));
/** For a call that talks: Insert-At now. Without A-MOH the caller hears nothing. Completes at the key, or when the two part. */
export const softHold = command('soft_hold', 'Music for both who talk, until a key is pressed', {
  ...text('Unhold-Key'),
  ...maybeText('A-MOH B-MOH'),
});
export const holdControl = command('hold_control', 'Put the phone on hold by SIP', {
  Action: Type.Enum(['hold', 'unhold', 'toggle']),
});
export const respond = command('respond', 'Refuse with a SIP response', {
  'Response-Code': Type.Union([Count, Text]),
  'Response-Message': Type.Optional(Text),
});
export const redirect = command('redirect', 'Redirect (302)', {
  ...text('Redirect-Contact'),
  ...maybeText('Redirect-Node Redirect-Server'),
});
export const hangup = command('hangup', 'Hang up', {
  'Hangup-Cause': Type.Optional(Text),
  'Other-Leg-Only': Type.Optional(Flag),
});
export const privacy = command('privacy', 'Hide the caller', {
  'Privacy-Mode': maybeOneOf('full', 'name', 'number', 'none'),
});
