// `uuid_pre_answer UUID`.

import { channelApi, OK } from '../calls/channel-api.ts';

export const uuidPreAnswer = channelApi(async ({ channel }) => {
  if (!channel.answered && !channel.early) await channel.driver.progress();
  return channel.answered || channel.early ? OK : '-ERROR\n';
}, '-ERROR\n');
