// The control of a call that goes on: its controller commands it through the same queue as before.
import type { Channel } from '../channel.ts';
import { context } from '../dial/destination.ts';
import { type SwitchEvent, variable } from '../freeswitch/index.ts';
import type { SwitchNode } from '../switch-node.ts';
import { commandedAs, controlled, controller } from '../variables.ts';

// A caller who has waited longer than this for somebody to take the call is not put through any more.
const stillWanted = 60_000;

/** A call of ours from before, or of one who died: its controller goes on through the same queue. */
export function takeUp(node: SwitchNode, channel: Channel, dump: SwitchEvent): void {
  const fetchId = channel.get('Fetch-ID');
  // What was commanded there goes on with the leg that has taken its place.
  if (fetchId === undefined || channel.successor) return;
  if (!isControlled(channel, dump)) {
    wantsRoute(channel, dump);
    return;
  }
  channel.routed = true;
  channel.past.read(dump);
  const control = node.control(channel, fetchId, true);
  // Its call was another leg before, whose bridge goes on.
  const before = commandedAs(dump);
  if (before.length > 0) control.call.follow(channel, channel.bridged ? channel.otherLeg : undefined, before);
  Promise.all([control.ready(), control.call.custody.restore(variable(dump, controller))]).catch(
    (error: unknown) => node.around.log.error('control of a call could not be taken up', { error }),
  );
}

/** Whether somebody has won the call: that is written on it, with its own id, since other legs inherit variables. */
const isControlled = (channel: Channel, dump: SwitchEvent): boolean =>
  variable(dump, controlled) === channel.callId;

/** Nothing is done with the leg, and nothing has been since it came in. */
export const idle = (dump: SwitchEvent): boolean => variable(dump, 'current_application') === 'park';

/** A leg that parked while nobody looked, as a new call or sent to a number, is routed once it is ours. */
export function wantsRoute(channel: Channel, dump: SwitchEvent): void {
  const sent = dump['Caller-Transfer-Source']?.endsWith(`/${context}/XML`) === true;
  // Microseconds; a transfer makes a new profile.
  const since = sent ? Number(dump['Caller-Profile-Created-Time']) / 1000 : channel.createdAt;
  if (!idle(dump) || Date.now() - since >= stillWanted) return;
  channel.transferred ||= sent;
  channel.hold({ ...dump, 'Event-Name': 'CHANNEL_PARK' });
}
