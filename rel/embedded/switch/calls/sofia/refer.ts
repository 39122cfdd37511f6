// REFER: the far end sends its peer elsewhere, blindly or to a call it has already made (RFC 3515, RFC 3891).

import { createHash } from 'node:crypto';
import {
  parseNameAddr,
  parseUri,
  type ServerTransaction,
  type SipRequest,
} from '../../../sip/stack/index.ts';
import { joinChannels } from '../bridge.ts';
import type { Channel } from '../channel.ts';
import type { SwitchCore } from '../contract.ts';
import { PARK, routeTo } from '../route.ts';
import type { SipCall } from './contract.ts';
import { findReplaced, takePlaceElsewhere } from './replaces.ts';
import { userOf } from './variables.ts';

export function answerRefer(call: SipCall, request: SipRequest, transaction: ServerTransaction): void {
  const { channel } = call;
  const field = request.headers.get('refer-to');
  const target = field === undefined ? undefined : parseNameAddr(field).uri;
  const peer = channel.bridgedTo;
  if (!target || !peer) {
    transaction.respond(target ? 403 : 400);
    return;
  }
  transaction.respond(202);
  notify(call, '100 Trying', 'active;expires=60');
  const replaces = /replaces=([^&;]+)/i.exec(parseUri(target).headers ?? '')?.[1];
  const wanted = replaces === undefined ? undefined : decodeURIComponent(replaces);
  const consulted = findReplaced(channel.core, wanted);
  peer.set('sip_refer_to', `<${target}>`);
  peer.set('sip_h_Referred-By', request.headers.get('referred-by'));
  if (wanted !== undefined && !consulted) {
    consultedElsewhere(call, peer, placeOf(channel.core, wanted, target), wanted);
    return;
  }
  const party = consulted?.bridgedTo;
  if (consulted && party) publish(consulted, 'sofia::replaced', { att_xfer_replaced_by: peer.uuid });
  publish(channel, 'sofia::transferor', consulted ? attended(peer, party ?? peer, consulted) : {});
  publish(peer, 'sofia::transferee');
  if (consulted) joinConsulted(peer, consulted);
  else routeTo(peer, userOf(target), PARK);
  notify(call, '200 OK', 'terminated;reason=noresource');
  channel.hangup(consulted ? 'ATTENDED_TRANSFER' : 'BLIND_TRANSFER');
}

/** The switch that is noted for the replaced call, else under the address of the target, as rel/freeswitch has FreeSWITCH look. */
function placeOf({ hash }: SwitchCore, replaces: string, target: string): string | undefined {
  const [, address = ''] = /sips?:(?:[^@]*@)?([^;?>]+)/.exec(target) ?? [];
  const noted = (name: string): string | undefined =>
    hash.get(`mirliton_places_${createHash('md5').update(name).digest('hex')}`);
  return noted(replaces.split(';')[0] ?? '') ?? noted(address);
}

/** The transferor hears how it ended, and is there still if it failed (FreeSWITCH tells of it in these words). */
function consultedElsewhere(call: SipCall, peer: Channel, place: string | undefined, replaces: string): void {
  const { channel } = call;
  publish(channel, 'sofia::transferor', { att_xfer_original_call_id: peer.uuid });
  publish(peer, 'sofia::transferee');
  void takePlaceElsewhere(call, peer, place, replaces)
    .catch((error: unknown) => {
      channel.core.log.warn('a call could not be transferred', { uuid: channel.uuid, error });
      return undefined;
    })
    .then((joined) => {
      notify(call, joined ? '200 OK' : '403 Forbidden', 'terminated;reason=noresource');
      if (joined) joinChannels(peer, joined);
      if (joined) channel.hangup('NORMAL_CLEARING');
    });
}

/** The transferor's second call is replaced: its far party goes to the transferee. */
function joinConsulted(peer: Channel, consulted: Channel): void {
  const party = consulted.bridgedTo;
  if (!party) {
    routeTo(peer, consulted.profile.destinationNumber, PARK);
    consulted.hangup('ATTENDED_TRANSFER');
    return;
  }
  joinChannels(peer, party);
  consulted.hangup('ATTENDED_TRANSFER');
}

const attended = (transferee: Channel, destination: Channel, consulted: Channel): Record<string, string> => ({
  att_xfer_original_call_id: transferee.uuid,
  att_xfer_destination_call_id: destination.uuid,
  att_xfer_destination_peer_uuid: consulted.uuid,
});

function publish(channel: Channel, subclass: string, fields: Record<string, string> = {}): void {
  channel.publish('CUSTOM', [['Event-Subclass', subclass], ...Object.entries(fields)]);
}

function notify({ dialog, profile }: SipCall, status: string, state: string): void {
  if (dialog?.state !== 'confirmed') return;
  profile.stack.request(
    dialog.request('NOTIFY', {
      headers: { Event: 'refer', 'Subscription-State': state, 'Content-Type': 'message/sipfrag;version=2.0' },
      body: `SIP/2.0 ${status}\r\n`,
    }),
  );
}
