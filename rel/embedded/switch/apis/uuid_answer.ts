// `uuid_answer UUID`.

import { channelApi, OK } from '../calls/channel-api.ts';

export const uuidAnswer = channelApi(async ({ channel }) => {
  if (!channel.answered) await channel.driver.answer();
  return channel.answered ? OK : '-ERROR\n';
}, '-ERROR\n');
