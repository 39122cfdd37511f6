// An event of a conference of the switch as the bus knows it (contract/kapi.md, conference_event).
import type { MessageFields } from '../../../core/contract/index.ts';
import type { conferenceEvent } from '../../../core/messages/conference.ts';
import type { Channel } from '../channel.ts';
import type { SwitchEvent } from '../freeswitch/index.ts';
import { orAbsent } from '../variables.ts';

/** Whether an event of the switch is one of its conferences. */
export const isOfConference = (event: SwitchEvent): boolean =>
  event['Event-Subclass'] === 'conference::maintenance';

/** The event as the bus knows it; undefined when the switch does not say which conference it is of. */
export function conferenceEventOf(
  event: SwitchEvent,
  channel: Channel | undefined,
  account = channel?.get('Account-ID'),
): MessageFields<typeof conferenceEvent> | undefined {
  const { 'Conference-Name': id, Action: action, 'Conference-Unique-ID': instance } = event;
  if (id === undefined || action === undefined || instance === undefined) return undefined;
  const member = event['Member-ID'];
  return {
    Event: action,
    'Conference-ID': id,
    'Instance-ID': instance,
    'Account-ID': account,
    'Call-ID': channel?.callId,
    'Caller-ID-Name': channel?.callerIdName,
    'Caller-ID-Number': channel?.callerIdNumber,
    'Channel-Presence-ID': event['Channel-Presence-ID'] ?? channel?.presenceId,
    'Participant-ID': member === undefined ? undefined : Number(member),
    'Custom-Channel-Vars': orAbsent(channel?.vars ?? {}),
    'Conference-Channel-Vars': member === undefined ? undefined : stateOf(event),
  };
}

const flags = ['Floor', 'Video', 'See', 'Speak', 'Hear', 'Talking', 'Mute-Detect', 'Member-Ghost'];
const numbers = ['Energy-Level', 'Current-Energy', 'Member-ID'];

/** How somebody takes part. */
function stateOf(event: SwitchEvent): Record<string, unknown> {
  const said = (keys: readonly string[]): string[] => keys.filter((key) => event[key] !== undefined);
  return {
    'Is-Moderator': event['Member-Type'] === 'moderator',
    ...Object.fromEntries(said(flags).map((key) => [key, event[key] === 'true'])),
    ...Object.fromEntries(said(numbers).map((key) => [key, Number(event[key])])),
  };
}
