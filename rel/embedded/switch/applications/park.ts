// `park`: the call waits for its controller; `park_timeout` says for how long (`SECONDS[:CAUSE]`).

import { findCause } from '../calls/causes.ts';
import type { Application } from '../calls/contract.ts';
import { pause, untilAborted } from '../calls/waits.ts';

export const park: Application = {
  async run({ channel, signal }) {
    const [seconds, cause] = (channel.find('park_timeout') ?? '').split(':');
    channel.leg?.park();
    channel.publish('CHANNEL_PARK');
    const limit = Number(seconds) * 1000;
    if (limit > 0) {
      const late = await pause(limit, signal);
      if (late) channel.hangup(findCause(cause) ?? 'NORMAL_CLEARING');
    } else await untilAborted(signal);
    channel.publish('CHANNEL_UNPARK');
    return undefined;
  },
};
