// `uuid_bridge UUID OTHER`: joins two channels that exist.

import { joinChannels } from '../calls/bridge.ts';
import { channelApi } from '../calls/channel-api.ts';

const INVALID = '-ERR Invalid uuid\n';

export const uuidBridge = channelApi(({ core, channel, rest }) => {
  const other = core.channels.get(rest);
  if (!other || other === channel || other.down || channel.down) return INVALID;
  joinChannels(channel, other);
  return `+OK ${other.uuid}\n`;
}, INVALID);
