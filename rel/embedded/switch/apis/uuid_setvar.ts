// `uuid_setvar UUID NAME [VALUE]`: no value unsets it.

import { channelApi, OK } from '../calls/channel-api.ts';

export const uuidSetvar = channelApi(({ channel, rest }) => {
  const [, name = '', value] = /^(\S+)(?:\s+(.*))?$/s.exec(rest) ?? [];
  if (!name) return '-ERR No variable specified\n';
  channel.set(name, value);
  return OK;
});
