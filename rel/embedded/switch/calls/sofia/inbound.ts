// A call that came in: from the INVITE to the channel, and what the channel may answer it with.

import {
  Dialog,
  type Flow,
  type ServerTransaction,
  SipParseError,
  type SipRequest,
} from '../../../sip/stack/index.ts';
import { causeToStatus, type HangupCause } from '../causes.ts';
import { Channel } from '../channel.ts';
import type { Driver } from '../contract.ts';
import { newTimes } from '../profile.ts';
import { PARK } from '../route.ts';
import { ALLOW, PROFILE_NAME, SDP, type SipCall, type SipProfile } from './contract.ts';
import { mediaCause, noteEnd, openMedia, reasonOfCause, sendBye, sendHold } from './dialogue.ts';
import { placeTaken } from './replaces.ts';
import { callerOf, setRequestVariables, userOf } from './variables.ts';

/** Admits the call and parks it, or refuses it. */
export function receiveInvite(
  profile: SipProfile,
  request: SipRequest,
  transaction: ServerTransaction,
  source: Flow,
): void {
  const { core } = profile;
  const callId = request.headers.get('call-id') ?? '';
  transaction.respond(100);
  if (core.channels.has(callId) || !admits(profile)) {
    transaction.respond(503, 'Maximum Calls In Progress', { headers: { 'Retry-After': '300' } });
    return;
  }
  const call = readCall(profile, request, transaction, source);
  if (!call) return;
  const { channel } = call;
  profile.calls.set(callId, call);
  channel.once('destroyed', () => profile.calls.delete(callId));
  transaction.on('cancel', () => {
    noteEnd(channel, 487, 'recv_cancel');
    channel.hangup('ORIGINATOR_CANCEL');
  });
  transaction.on('timeout', () => channel.hangup('RECOVERY_ON_TIMER_EXPIRE'));
  channel.set('sip_to_tag', transaction.localTag);
  channel.set('sofia_profile_name', PROFILE_NAME);
  channel.set('recovery_profile_name', PROFILE_NAME);
  channel.set('sofia_profile_url', profile.contact('udp'));
  channel.set('endpoint_disposition', 'DELAYED NEGOTIATION');
  const taken = placeTaken(channel, request);
  channel.create();
  channel.executor.transfer(taken ?? PARK);
}

/** Everything that an unreadable header can make throw comes first: such a call is refused and leaves nothing behind. */
function readCall(
  profile: SipProfile,
  request: SipRequest,
  transaction: ServerTransaction,
  source: Flow,
): SipCall | undefined {
  try {
    const call = createCall(profile, request, transaction, source);
    setRequestVariables(call.channel, request, source);
    return call;
  } catch (error) {
    if (!(error instanceof SipParseError)) throw error;
    profile.core.log.warn('INVITE refused', { callId: request.headers.get('call-id'), error });
    transaction.respond(400, `Bad ${error.message}`.slice(0, 100));
    return undefined;
  }
}

/** FreeSWITCH's limits: sessions at once, sessions a second, and the operator's pause. */
function admits({ core }: SipProfile): boolean {
  const { limits, channels, counters } = core;
  const second = Math.floor(Date.now() / 1000);
  if (counters.second !== second) Object.assign(counters, { second, inSecond: 0 });
  counters.inSecond += 1;
  const crowded = counters.inSecond > limits.sessionsPerSecond || channels.size >= limits.maxSessions;
  return !limits.paused.inbound && !crowded;
}

function createCall(
  profile: SipProfile,
  request: SipRequest,
  transaction: ServerTransaction,
  source: Flow,
): SipCall {
  const { core } = profile;
  const callId = request.headers.get('call-id') ?? '';
  const caller = callerOf(request);
  const from = request.headers.get('from') ?? '';
  const fromAddress = /sips?:([^>;]+)/i.exec(from)?.[1] ?? caller.number;
  const contact = `<${profile.contact(source.protocol)}>`;
  const driver = inboundDriver(() => call, request, transaction);
  const channel = new Channel(
    core,
    {
      direction: 'inbound',
      username: caller.number,
      callerIdName: caller.name,
      callerIdNumber: caller.number,
      calleeIdName: '',
      calleeIdNumber: '',
      networkAddr: source.remote.host,
      destinationNumber: userOf(request.uri),
      uuid: callId,
      source: 'mod_sofia',
      context: 'context_2',
      channelName: `sofia/${PROFILE_NAME}/${fromAddress}`,
      times: newTimes(),
    },
    driver,
  );
  const dialog = Dialog.fromRequest(request, transaction.localTag, contact);
  const call: SipCall = { profile, channel, callId, dialog };
  return call;
}

function inboundDriver(getCall: () => SipCall, request: SipRequest, transaction: ServerTransaction): Driver {
  let opening: Promise<string> | undefined;

  /** Our SDP; the media is opened at the first need. An INVITE without an offer gets ours. */
  function localSdp(): Promise<string> {
    const { profile, channel } = getCall();
    opening ??= openMedia(profile.core, channel).then((leg) =>
      request.body.length > 0 ? leg.negotiate(request.body.toString()) : leg.createOffer(),
    );
    return opening;
  }

  async function respondWithSdp(status: number): Promise<boolean> {
    const { channel, dialog } = getCall();
    if (channel.down || !transaction.isOpen) return false;
    try {
      const body = await localSdp();
      if (channel.down) return false;
      const headers = { ...SDP, ...ownHeaders(channel), Contact: dialog?.contact ?? '', Allow: ALLOW };
      return transaction.respond(status, undefined, { headers, body });
    } catch (error) {
      channel.core.log.warn('no media for the call', { uuid: channel.uuid, error });
      channel.hangup(mediaCause(error));
      return false;
    }
  }

  return {
    ring() {
      const { channel, dialog } = getCall();
      if (channel.ringing || channel.early || !transaction.isOpen) return;
      transaction.respond(180, undefined, {
        headers: { ...ownHeaders(channel), Contact: dialog?.contact ?? '' },
      });
      channel.markRinging();
    },
    async progress() {
      const { channel } = getCall();
      if (!channel.early && (await respondWithSdp(183))) channel.markEarly();
    },
    async answer() {
      const { channel, dialog } = getCall();
      if (!(await respondWithSdp(200))) return;
      if (dialog) dialog.state = 'confirmed';
      if (request.body.length === 0) transaction.once('ack', (ack) => applyAckSdp(channel, ack));
      if (!channel.early) channel.markEarly();
      channel.markAnswered();
    },
    hangup(cause) {
      hangUp(getCall(), transaction, cause);
    },
    respond(status, reason) {
      const { channel } = getCall();
      if (!transaction.isOpen) return;
      noteEnd(channel, status, 'send_refuse');
      transaction.respond(status, reason, { headers: ownHeaders(channel) });
    },
    redirect(contact) {
      const { channel } = getCall();
      if (!transaction.isOpen) return;
      noteEnd(channel, 302, 'send_refuse');
      transaction.respond(302, undefined, { headers: { ...ownHeaders(channel), Contact: contact } });
    },
    hold: (on) => sendHold(getCall(), on),
  };
}

function hangUp(call: SipCall, transaction: ServerTransaction, cause: HangupCause): void {
  const { channel } = call;
  if (!transaction.isOpen) {
    if (transaction.lastStatus < 300) sendBye(call, cause);
    return;
  }
  const status = causeToStatus(cause);
  if (!channel.find('sip_hangup_disposition')) noteEnd(channel, status, 'send_refuse');
  transaction.respond(status, undefined, { headers: { ...reasonOfCause(cause), ...ownHeaders(channel) } });
}

function applyAckSdp(channel: Channel, ack: SipRequest): void {
  try {
    if (ack.body.length > 0) channel.leg?.applyAnswer(ack.body.toString());
    channel.describeMedia();
  } catch (error) {
    channel.core.log.warn('answer in ACK refused', { uuid: channel.uuid, error });
    channel.hangup(mediaCause(error));
  }
}

/** `sip_rh_NAME` variables are header fields of our responses. */
function ownHeaders(channel: Channel): Record<string, string> {
  const headers: Record<string, string> = { 'X-FS-Core-UUID': channel.core.bus.coreUuid };
  for (const [name, value] of channel.variables) {
    if (name.startsWith('sip_rh_') && typeof value === 'string')
      headers[name.slice(7)] = value.replace(/[\r\n]/g, ' ');
  }
  return headers;
}
