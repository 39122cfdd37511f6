// `uuid_ring_ready UUID`.

import { channelApi, OK } from '../calls/channel-api.ts';

export const uuidRingReady = channelApi(({ channel }) => {
  channel.driver.ring();
  return OK;
});
