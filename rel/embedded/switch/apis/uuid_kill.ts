// `uuid_kill UUID [CAUSE]`.

import { findCause } from '../calls/causes.ts';
import { channelApi, OK } from '../calls/channel-api.ts';

export const uuidKill = channelApi(({ channel, rest }) => {
  channel.hangup(findCause(rest) ?? 'NORMAL_CLEARING');
  return OK;
});
