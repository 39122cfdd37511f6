// `uuid_park UUID`: parks one leg; a leg it was bridged with is hung up.

import { channelApi, OK } from '../calls/channel-api.ts';
import { PARK } from '../calls/route.ts';

export const uuidPark = channelApi(({ channel }) => {
  channel.executor.transfer(PARK);
  return OK;
});
