// The record of a leg, published once when the leg ends (contract/kapi.md, kapi_cdr).
import type { MessageFields } from '../../core/contract/index.ts';
import type { cdrReport } from '../../core/messages/cdr.ts';
import type { Channel } from './channel.ts';
import { commonFields, type EventContext, endFields, timestampOf } from './events/index.ts';
import { type SwitchEvent, variable } from './freeswitch/index.ts';

/** The report of a leg from its CHANNEL_DESTROY. A leg without an account is filed under `anonymous`. */
export function cdrOf(
  channel: Channel,
  event: SwitchEvent,
  context: EventContext,
): MessageFields<typeof cdrReport> {
  const { 'To-Uri': toUri, 'From-Uri': fromUri, ...common } = commonFields(event, context);
  return {
    ...common,
    ...endFields(event),
    Timestamp: endedAt(event),
    'Account-ID': channel.get('Account-ID') ?? 'anonymous',
    'Call-Direction': channel.direction,
    'Caller-Context': event['Caller-Context'],
    'Caller-Dialplan': event['Caller-Dialplan'],
    'Other-Leg-Call-ID': channel.otherLeg,
    'Interaction-ID': channel.get('Call-Interaction-ID'),
    'Originating-Leg-UUID': variable(event, 'originating_leg_uuid') ?? variable(event, 'originator'),
    'To-URI': toUri,
    'From-URI': fromUri,
  };
}

/** Its month is that of the record: whoever tells the end, and whenever, must come to the same one. */
const endedAt = (event: SwitchEvent): number =>
  timestampOf({
    'Event-Date-Timestamp': variable(event, 'end_uepoch') ?? event['Event-Date-Timestamp'] ?? '',
  });

/** The Msg-ID of the report of a leg: the same at every attempt, so that a consumer knows the second of two. */
export const cdrIdOf = (callId: string): string => `cdr-${callId}`;
