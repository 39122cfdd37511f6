// `uuid_getvar UUID NAME`: `_undef_` when it is not set.

import { channelApi } from '../calls/channel-api.ts';

export const uuidGetvar = channelApi(({ channel, rest }) =>
  rest ? (channel.find(rest) ?? '_undef_') : '-ERR No variable name specified!\n',
);
