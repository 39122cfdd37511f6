// A SIP dialog with a channel on it: what both directions of a call do alike once it is set up.

import type { ServerTransaction, SipRequest } from '../../../sip/stack/index.ts';
import { MediaError, type MediaLeg, openLeg } from '../../media/index.ts';
import { causeFromReason, causeNumber, causeToQ850, type HangupCause } from '../causes.ts';
import type { Channel } from '../channel.ts';
import type { SwitchCore } from '../contract.ts';
import { ALLOW, SDP, type SipCall } from './contract.ts';
import { readInfoDigits } from './info.ts';
import { answerRefer } from './refer.ts';

/** Opens the media of a channel with the ports and limits of the switch. */
export async function openMedia(core: SwitchCore, channel: Channel): Promise<MediaLeg> {
  const { rtp, mediaTimeoutMs } = core.settings;
  const leg = await openLeg({
    host: rtp.host,
    ...(rtp.portMin > 0 ? { portRange: [rtp.portMin, rtp.portMax] as const } : {}),
    mediaTimeoutMs,
  });
  if (channel.down) {
    await leg.close();
    throw new MediaError('leg_closed', 'the call ended before its media was open');
  }
  channel.attach(leg);
  leg.on('remoteHold', (held) => onRemoteHold(channel, held));
  return leg;
}

/** The party that holds stays; its peer hears music meanwhile. */
function onRemoteHold(channel: Channel, held: boolean): void {
  channel.markHeld(held);
  const peer = channel.bridgedTo?.leg;
  if (!peer) return;
  if (!held) {
    peer.unhold();
    return;
  }
  peer.hold(channel.find('hold_music') ?? channel.core.globals.get('hold_music')).catch((error: unknown) => {
    channel.core.log.warn('no music on hold', { uuid: channel.uuid, error });
  });
}

/** Why the SIP exchange failed, as a hangup cause. */
export function mediaCause(error: unknown): HangupCause {
  if (!(error instanceof MediaError)) return 'NORMAL_TEMPORARY_FAILURE';
  return error.code.startsWith('sdp_') ? 'INCOMPATIBLE_DESTINATION' : 'SWITCH_CONGESTION';
}

/** The Reason field (RFC 3326) that tells the far end our cause. */
export function reasonOfCause(cause: HangupCause): Record<string, string> {
  const number = causeNumber(cause);
  const protocol =
    number > 0 && number < 128 ? `Q.850;cause=${causeToQ850(cause)}` : `FreeSWITCH;cause=${number}`;
  return { Reason: `${protocol};text="${cause}"` };
}

/** Notes how the call ended on the SIP side. */
export function noteEnd(channel: Channel, status: number, disposition: string): void {
  channel.set('sip_term_status', String(status));
  channel.set('proto_specific_hangup_cause', `sip:${status}`);
  channel.set('sip_hangup_disposition', disposition);
}

/** Ends an answered call. */
export function sendBye({ profile, dialog, channel }: SipCall, cause: HangupCause): void {
  if (!dialog || dialog.state === 'terminated') return;
  channel.set('sip_hangup_disposition', 'send_bye');
  channel.set('sip_hangup_phrase', 'OK');
  const request = dialog.request('BYE', { headers: reasonOfCause(cause) });
  dialog.state = 'terminated';
  profile.stack.request(request);
}

/** A request within the dialog of a call. */
export async function receiveInDialog(
  call: SipCall,
  request: SipRequest,
  transaction: ServerTransaction,
): Promise<void> {
  const refused = call.dialog?.receive(request);
  if (refused) {
    transaction.respond(refused);
    return;
  }
  switch (request.method) {
    case 'BYE':
      transaction.respond(200);
      noteEnd(call.channel, 200, 'recv_bye');
      call.channel.hangup(causeFromReason(request.headers.get('reason')) ?? 'NORMAL_CLEARING');
      return;
    case 'INVITE':
      return receiveReinvite(call, request, transaction);
    case 'INFO':
      for (const { digit, ms } of readInfoDigits(request)) call.channel.leg?.injectDtmf(digit, ms, 'info');
      transaction.respond(200);
      return;
    case 'REFER':
      return answerRefer(call, request, transaction);
    case 'OPTIONS':
    case 'NOTIFY':
      transaction.respond(200, undefined, { headers: { Allow: ALLOW } });
      return;
    default:
      transaction.respond(405, undefined, { headers: { Allow: ALLOW } });
  }
}

/** A new offer within the call: hold, unhold, a moved media address. */
function receiveReinvite(
  { channel, profile, dialog }: SipCall,
  request: SipRequest,
  transaction: ServerTransaction,
): void {
  const { leg } = channel;
  const contact = dialog?.contact ?? `<${profile.contact('udp')}>`;
  if (!leg || !channel.answered) {
    transaction.respond(491);
    return;
  }
  try {
    const headers = { ...SDP, Contact: contact, Allow: ALLOW };
    if (request.body.length > 0) {
      transaction.respond(200, undefined, { headers, body: leg.negotiate(request.body.toString()) });
    } else {
      // An offer is asked for: ours goes in the 200, the answer comes in the ACK.
      transaction.once('ack', (ack) => {
        if (ack.body.length > 0) applyLate(channel, ack.body.toString());
      });
      transaction.respond(200, undefined, { headers, body: leg.createOffer() });
    }
    channel.describeMedia();
    channel.publish('CALL_UPDATE', [['Direction', 'RECV']]);
  } catch (error) {
    const malformed = error instanceof MediaError && error.code === 'sdp_malformed';
    transaction.respond(malformed ? 400 : 488);
    channel.core.log.warn('re-INVITE refused', { uuid: channel.uuid, error });
  }
}

function applyLate(channel: Channel, sdp: string): void {
  try {
    channel.leg?.applyAnswer(sdp);
  } catch (error) {
    channel.core.log.warn('answer in ACK refused', { uuid: channel.uuid, error });
    channel.hangup(mediaCause(error));
  }
}

/** Puts the far end on hold, or takes it off; resolves when it has agreed. */
export function sendHold(call: SipCall, on: boolean): Promise<void> {
  const { dialog, channel, profile } = call;
  const { leg } = channel;
  if (!dialog || !leg || dialog.state !== 'confirmed') return Promise.resolve();
  const request = dialog.request('INVITE', {
    headers: { ...SDP, Allow: ALLOW },
    body: leg.createOffer({ direction: on ? 'sendonly' : 'sendrecv' }),
  });
  const sequence = dialog.localSequence;
  const transaction = profile.stack.request(request);
  return new Promise((resolve) => {
    transaction.on('response', (response) => {
      if (response.status < 200) return;
      dialog.update(request, response);
      if (response.status < 300) {
        const ack = dialog.ack(sequence);
        transaction.ack(ack, profile.nextHop(ack));
        applyLate(channel, response.body.toString());
        channel.markHeld(on);
      }
      resolve();
    });
  });
}
