// `uuid_break UUID [all]`: stops what plays; with `all` what is queued as well.

import { channelApi, OK } from '../calls/channel-api.ts';

export const uuidBreak = channelApi(({ channel, rest }) => {
  channel.executor.break(rest === 'all');
  return OK;
});
