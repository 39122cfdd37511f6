// `bridge DIALSTRING`: calls somebody on behalf of this channel and joins the two.

import { bridgeChannels, bridgeSignals, bypassesMedia } from '../calls/bridge.ts';
import type { HangupCause } from '../calls/causes.ts';
import { Channel } from '../calls/channel.ts';
import type { Application } from '../calls/contract.ts';
import { continuesAfter, originate } from '../calls/originate.ts';
import { startRingback } from '../calls/ringback.ts';

export const bridge: Application = {
  async run({ core, channel, args, signal }) {
    const before = channel.callState;
    channel.setCallState('RING_WAIT');
    const ringback = startRingback(channel, signal);
    const result = await originate(core, {
      dialString: args,
      originator: channel,
      signal,
      onRinging: ringback.start,
    });
    ringback.stop();
    if (!channel.down && channel.callState === 'RING_WAIT') channel.setCallState(before);
    if (!(result instanceof Channel)) {
      fail(channel, result);
      return result;
    }
    channel.set('originate_disposition', 'SUCCESS');
    channel.set('DIALSTATUS', 'SUCCESS');
    if (result.answered) await channel.driver.answer();
    else await channel.driver.progress();
    if (bypassesMedia(channel, result)) {
      bridgeSignals(channel, result);
      return undefined;
    }
    await bridgeChannels(channel, result);
    const cause = result.cause ?? 'NORMAL_CLEARING';
    if (!result.answered && !channel.down && result.down) fail(channel, cause);
    else if (channel.isTrue('hangup_after_bridge') && !signal.aborted) channel.hangup(cause);
    return undefined;
  },
};

const DIAL_STATUS: Partial<Record<HangupCause, string>> = {
  ORIGINATOR_CANCEL: 'CANCEL',
  USER_BUSY: 'BUSY',
  NO_ANSWER: 'NOANSWER',
  DESTINATION_OUT_OF_ORDER: 'INVALIDARGS',
  INVALID_PROFILE: 'INVALIDARGS',
  CALL_REJECTED: 'DONTCALL',
};

/** Without `continue_on_fail` the caller shares the fate of the call. */
function fail(channel: Channel, cause: HangupCause): void {
  channel.set('originate_disposition', cause);
  channel.set('originate_failed_cause', cause);
  channel.set('DIALSTATUS', DIAL_STATUS[cause] ?? cause);
  channel.set('last_bridge_hangup_cause', cause);
  if (!continuesAfter(channel, cause)) channel.hangup(cause);
}
