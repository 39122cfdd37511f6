// Bridges that go on without their application. Where the media goes past the switch, FreeSWITCH ends it as soon as the phones
// talk to each other and goes on with a bridge of signals (CS_HIBERNATE); `intercept` ends before the two are joined. The end
// is told on the caller's leg alone.
import type { Channel } from './channel.ts';
import { type SwitchEvent, variable } from './freeswitch/index.ts';

const hibernate = '8';
const leaves = (event: SwitchEvent): boolean =>
  variable(event, 'signal_bridge') === 'true' && event['Channel-State-Number'] === hibernate;

/** True for the completion of a `bridge` or an `intercept` that goes on. */
const goesOn = (completion: SwitchEvent): boolean =>
  (completion['Application'] === 'bridge' && leaves(completion)) ||
  (completion['Application'] === 'intercept' && isLeaving(completion));

/** The leg is on its way out of its application, into another state. */
export const isLeaving = (event: SwitchEvent): boolean => event['Channel-State-Number'] === hibernate;

/** True for the CHANNEL_UNBRIDGE with which the bridge that had the media gives way to the one of signals. */
export const givesWay = (event: SwitchEvent): boolean =>
  event['Channel-State'] === 'CS_EXECUTE' && leaves(event);

/** The completions that an event of a leg stands for: one that goes on is kept until the two part. */
export function endings(
  channel: Channel,
  event: SwitchEvent,
  channels: ReadonlyMap<string, Channel>,
): readonly SwitchEvent[] {
  if (event['Event-Name'] === 'CHANNEL_EXECUTE_COMPLETE') {
    if (!goesOn(event)) return [event];
    channel.bridging = event;
    return [];
  }
  const completion = channel.bridging;
  const parts = event['Event-Name'] === 'CHANNEL_DESTROY' || event['Event-Name'] === 'CHANNEL_UNBRIDGE';
  if (!completion || !parts || givesWay(event)) return [];
  channel.bridging = undefined;
  const callee = channels.get(channel.otherLeg ?? '');
  return [atLast(completion, event, callee?.answered !== false)];
}

/**
 * The completion of a bridge that went on, with what the event that ended it says: for a callee who sent sound but never
 * answered that is the cause, as a bridge through the switch would have told it.
 */
function atLast(completion: SwitchEvent, end: SwitchEvent, answered: boolean): SwitchEvent {
  const { 'Event-Name': name = '', Application: application = '' } = completion;
  const cause = variable(end, 'last_bridge_hangup_cause');
  return {
    ...completion,
    ...end,
    'Event-Name': name,
    Application: application,
    ...(application === 'intercept' ? { 'Application-Response': 'SUCCESS' } : {}),
    variable_signal_bridge: '',
    ...(answered || cause === undefined ? {} : { variable_originate_disposition: cause }),
  };
}
