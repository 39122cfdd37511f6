// What lamps on phones show of a leg, told as dialog_update (contract/kapi.md, kapi_presence; kamailio.md §5).
import type { MessageFields } from '../../core/contract/index.ts';
import type { dialogUpdate } from '../../core/messages/presence.ts';
import type { Channel } from './channel.ts';
import { type SwitchEvent, variable } from './freeswitch/index.ts';

// A lamp that missed the end goes out after so many seconds.
const lingers = 20;

/** The state that an event brings a leg into; undefined when a lamp shows the same as before, or there is none for it. */
export function dialogOf(
  channel: Channel,
  event: SwitchEvent,
): MessageFields<typeof dialogUpdate> | undefined {
  const state = stateAt(event['Event-Name'], channel.direction);
  if (state === undefined || !channel.bySip || channel.get('Account-ID') === undefined) return undefined;
  const phone = channel.get('Authorizing-Type') === 'device' ? channel.get('Username') : undefined;
  const [user = '', own] = (channel.get('Presence-ID') ?? channel.presenceId ?? phone ?? '').split('@');
  const realm = own ?? channel.get('Realm') ?? channel.get('Account-Realm');
  if (user === '' || realm === undefined) return undefined;
  const calls = channel.direction === 'inbound';
  const other = calls ? channel.destination : channel.callerIdNumber;
  return {
    'Presence-ID': `${user}@${realm}`,
    From: `sip:${user}@${realm}`,
    'From-User': user,
    'From-Realm': realm,
    'From-Tag': channel.fromTag,
    To: `sip:${other}@${realm}`,
    'To-User': other,
    'To-Realm': realm,
    'To-Tag': channel.toTag,
    'To-URI': `sip:${user}@${realm}`,
    Direction: calls ? 'initiator' : 'recipient',
    State: state,
    'Call-ID': channel.callId,
    'Switch-URI': variable(event, 'sofia_profile_url'),
    Expires: state === 'terminated' ? lingers : 0,
    'Event-Package': 'dialog',
  };
}

/** Who calls is busy from the beginning, who is called rings first. */
function stateAt(
  name: string | undefined,
  direction: string,
): 'early' | 'confirmed' | 'terminated' | undefined {
  if (name === 'CHANNEL_CREATE') return direction === 'inbound' ? 'confirmed' : 'early';
  if (name === 'CHANNEL_ANSWER') return direction === 'inbound' ? undefined : 'confirmed';
  return name === 'CHANNEL_DESTROY' ? 'terminated' : undefined;
}
