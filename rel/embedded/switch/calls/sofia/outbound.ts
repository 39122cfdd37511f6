// A call that goes out: the INVITE, its challenges, and what its responses do to the channel.

import {
  addressOf,
  type ClientTransaction,
  Dialog,
  formatNameAddr,
  formatUri,
  newRequest,
  type Protocol,
  type SipRequest,
  type SipResponse,
} from '../../../sip/stack/index.ts';
import { causeFromReason, type HangupCause, statusToCause } from '../causes.ts';
import { Channel } from '../channel.ts';
import type { Driver, OriginateLeg } from '../contract.ts';
import { newTimes } from '../profile.ts';
import { ALLOW, PROFILE_NAME, SDP, type SipCall, type SipProfile } from './contract.ts';
import { mediaCause, noteEnd, openMedia, reasonOfCause, sendBye, sendHold } from './dialogue.ts';
import { answerChallenge } from './digest.ts';
import { parseTarget, type SofiaTarget } from './target.ts';
import { setContactVariables, setHeaderVariables, setPartyVariables } from './variables.ts';

interface OutboundCall extends SipCall {
  transaction: ClientTransaction | undefined;
  challenged: boolean;
}

/** Starts the call and returns its channel at once; what becomes of it shows on the channel. */
export async function dialOut(profile: SipProfile, leg: OriginateLeg): Promise<Channel | HangupCause> {
  const target = parseTarget(leg.destination);
  if (!target) return 'INVALID_URL';
  if (target.profile !== PROFILE_NAME) return 'INVALID_PROFILE';
  if (hopsLeft(leg) <= 0) return 'EXCHANGE_ROUTING_ERROR';
  const call = createCall(profile, leg, target);
  const { channel } = call;
  profile.calls.set(call.callId, call);
  channel.once('destroyed', () => profile.calls.delete(call.callId));
  channel.create();
  channel.publish('CHANNEL_ORIGINATE');
  channel.setState('CS_CONSUME_MEDIA');
  try {
    const media = await openMedia(profile.core, channel);
    const request = buildInvite(profile, channel, target, media.createOffer());
    if (!channel.down) send(call, request, target.path);
  } catch (error) {
    profile.core.log.warn('call could not be made', { uuid: channel.uuid, error });
    channel.hangup(mediaCause(error));
  }
  return channel;
}

/** Max-Forwards goes down over the switch too, so that a call cannot run in circles. */
function hopsLeft({ originator, variables }: OriginateLeg): number {
  return Number(variables.get('max_forwards') ?? originator?.find('max_forwards') ?? 70) - 1;
}

function createCall(profile: SipProfile, leg: OriginateLeg, target: SofiaTarget): OutboundCall {
  const { originator, variables } = leg;
  const caller = originator?.profile;
  const number =
    variables.get('origination_caller_id_number') ??
    originator?.find('effective_caller_id_number') ??
    caller?.callerIdNumber ??
    '0000000000';
  const name =
    variables.get('origination_caller_id_name') ??
    originator?.find('effective_caller_id_name') ??
    caller?.callerIdName ??
    '';
  const channel = new Channel(
    profile.core,
    {
      direction: 'outbound',
      username: caller?.username ?? '',
      callerIdName: name,
      callerIdNumber: number,
      calleeIdName: variables.get('origination_callee_id_name') ?? 'Outbound Call',
      calleeIdNumber: variables.get('origination_callee_id_number') ?? target.uri.user ?? '',
      networkAddr: caller?.networkAddr ?? '',
      destinationNumber: target.uri.user ?? target.name,
      uuid: leg.uuid,
      source: 'mod_sofia',
      context: 'context_2',
      channelName: `sofia/${PROFILE_NAME}/${target.name}`,
      times: newTimes(),
    },
    outboundDriver(() => call),
  );
  for (const [key, value] of variables) channel.set(key, value);
  channel.set('is_outbound', 'true');
  channel.set('max_forwards', String(hopsLeft(leg)));
  const callId = variables.get('sip_invite_call_id') ?? leg.uuid;
  channel.set('sip_call_id', callId);
  channel.set('sofia_profile_name', PROFILE_NAME);
  channel.set('sip_destination_url', formatUri(target.uri));
  if (originator) {
    channel.other = { channel: originator, type: 'originator' };
    originator.other = { channel, type: 'originatee' };
    channel.set('originator', originator.uuid);
    channel.set('originating_leg_uuid', originator.uuid);
    channel.set('call_uuid', originator.find('call_uuid'));
  }
  const call: OutboundCall = {
    profile,
    channel,
    callId,
    dialog: undefined,
    transaction: undefined,
    challenged: false,
  };
  return call;
}

/** Escapes a user name; what RFC 3261 §25.1 lets stand (`user-unreserved`) does, the `+` of a number above all. */
function userPart(name: string): string {
  return encodeURIComponent(name).replace(/%(26|3D|2B|24|2C|2F)/g, decodeURIComponent);
}

function buildInvite(profile: SipProfile, channel: Channel, target: SofiaTarget, sdp: string): SipRequest {
  const { core } = profile;
  const { callerIdName, callerIdNumber, uuid } = channel.profile;
  const protocol: Protocol = addressOf(target.path ?? formatUri(target.uri)).protocol;
  const domain = channel.find('sip_invite_domain') ?? core.settings.sipHost;
  const from = channel.find('sip_from_uri') ?? `sip:${userPart(callerIdNumber)}@${domain}`;
  const address = (uri: string) =>
    formatNameAddr({ ...(callerIdName ? { display: callerIdName } : {}), uri, params: new Map() });
  const params = channel.find('sip_invite_params');
  const plain = formatUri(target.uri);
  const uri = channel.find('sip_invite_req_uri') ?? (params === undefined ? plain : `${plain};${params}`);
  const to = channel.find('sip_invite_to_uri') ?? formatUri({ ...target.uri, params: new Map() });
  const request = newRequest('INVITE', uri, {
    from: address(from.startsWith('sip') ? from : `sip:${from}`),
    to: to.includes('<') ? to : `<${to}>`,
    contact: `<${profile.contact(protocol)}>`,
    headers: { ...SDP, Allow: ALLOW, 'X-FS-Core-UUID': core.bus.coreUuid, Supported: 'replaces' },
    body: sdp,
  });
  request.headers.set('Call-ID', channel.find('sip_call_id') ?? uuid);
  request.headers.set('Max-Forwards', channel.find('max_forwards') ?? '70');
  request.headers.set(
    'Remote-Party-ID',
    `${address(`sip:${userPart(callerIdNumber)}@${domain}`)};party=calling;screen=yes;privacy=off`,
  );
  for (const [name, value] of channel.variables) {
    if (name.startsWith('sip_h_') && typeof value === 'string')
      request.headers.set(name.slice(6), value.replace(/[\r\n]/g, ' '));
  }
  const alert = channel.find('alert_info');
  if (alert !== undefined) request.headers.set('Alert-Info', alert.replace(/[\r\n]/g, ' '));
  setPartyVariables(channel, request);
  return request;
}

function send(call: OutboundCall, request: SipRequest, path: string | undefined): void {
  const target = path === undefined ? undefined : addressOf(path);
  const transaction = call.profile.stack.request(request, target ? { target } : {});
  call.transaction = transaction;
  transaction.on('response', (response) => {
    try {
      receiveResponse(call, request, transaction, response, path);
    } catch (error) {
      call.profile.core.log.warn('response refused', { uuid: call.callId, status: response.status, error });
      call.channel.hangup(mediaCause(error));
    }
  });
}

function receiveResponse(
  call: OutboundCall,
  request: SipRequest,
  transaction: ClientTransaction,
  response: SipResponse,
  path: string | undefined,
): void {
  const { channel } = call;
  const { status } = response;
  if (status === 100) return;
  if (status < 200) takeProgress(channel, response);
  else if (status < 300) takeAnswer(call, request, transaction, response);
  else if ((status === 401 || status === 407) && authorize(call, request, response, path)) return;
  else takeFailure(channel, response);
}

function takeProgress(channel: Channel, response: SipResponse): void {
  setHeaderVariables(channel, response.headers, 'sip_ph_');
  if (channel.down) return;
  if (response.body.length > 0) {
    channel.leg?.applyAnswer(response.body.toString());
    channel.set('endpoint_disposition', 'EARLY MEDIA');
    if (response.status === 180) channel.markRinging();
    channel.markEarly();
  } else if (response.status === 180 || response.status === 183) channel.markRinging();
}

/** A 200 that comes after we have hung up must still be acknowledged, and is ended with BYE (RFC 3261 §15). */
function takeAnswer(
  call: OutboundCall,
  request: SipRequest,
  transaction: ClientTransaction,
  response: SipResponse,
): void {
  const { channel, profile } = call;
  const dialog = Dialog.fromResponse(request, response);
  dialog.state = 'confirmed';
  call.dialog = dialog;
  const ack = dialog.ack(dialog.localSequence);
  transaction.ack(ack, profile.nextHop(ack));
  setContactVariables(channel, response.headers.get('contact'));
  setHeaderVariables(channel, response.headers, 'sip_rh_');
  channel.set('sip_to_tag', dialog.remoteTag);
  channel.set('sip_from_tag', dialog.localTag);
  channel.set('sip_user_agent', response.headers.get('user-agent') ?? response.headers.get('server'));
  if (channel.down) {
    sendBye(call, channel.cause ?? 'NORMAL_CLEARING');
    return;
  }
  channel.leg?.applyAnswer(response.body.toString());
  channel.markAnswered();
}

function takeFailure(channel: Channel, response: SipResponse): void {
  if (channel.down) return;
  const { status, reason, headers } = response;
  noteEnd(channel, status, 'recv_refuse');
  channel.set('sip_invite_failure_status', String(status));
  channel.set('sip_invite_failure_phrase', reason);
  channel.set('sip_redirect_contact_0', status < 400 ? headers.get('contact') : undefined);
  channel.hangup(causeFromReason(headers.get('reason')) ?? statusToCause(status));
}

/** Answers a challenge once; false when there are no credentials, or they have been refused. */
function authorize(
  call: OutboundCall,
  request: SipRequest,
  response: SipResponse,
  path: string | undefined,
): boolean {
  const { channel } = call;
  const username = channel.find('sip_auth_username');
  const password = channel.find('sip_auth_password');
  if (channel.down || call.challenged || username === undefined || password === undefined) return false;
  call.challenged = true;
  const proxy = response.status === 407;
  const challenges = response.headers.getAll(proxy ? 'proxy-authenticate' : 'www-authenticate');
  for (const challenge of challenges) {
    const answer = answerChallenge(challenge, { username, password }, 'INVITE', request.uri);
    if (answer === undefined) continue;
    const again: SipRequest = { ...request, headers: request.headers.clone() };
    const number = Number.parseInt(request.headers.get('cseq') ?? '1', 10) + 1;
    again.headers.set('CSeq', `${number} INVITE`);
    again.headers.set(proxy ? 'Proxy-Authorization' : 'Authorization', answer);
    send(call, again, path);
    return true;
  }
  return false;
}

function outboundDriver(getCall: () => OutboundCall): Driver {
  return {
    ring() {},
    async progress() {},
    async answer() {},
    hangup(cause) {
      const call = getCall();
      if (call.dialog) sendBye(call, cause);
      else if (call.transaction?.isOpen) {
        noteEnd(call.channel, 487, 'send_cancel');
        call.transaction.cancel(cancelReason(call.channel, cause));
      }
    },
    hold: (on) => sendHold(getCall(), on),
  };
}

/** Phones do not list a call as missed that was taken on another one (RFC 3326). */
function cancelReason(channel: Channel, cause: HangupCause): Record<string, string> {
  if (cause !== 'LOSE_RACE' || channel.isTrue('ignore_completed_elsewhere')) return reasonOfCause(cause);
  return { Reason: 'SIP;cause=200;text="Call completed elsewhere"' };
}
