// `uuid_send_dtmf UUID DIGITS[@MILLISECONDS]`: sends digits to the far end.

import { channelApi, NO_SESSION } from '../calls/channel-api.ts';

export const uuidSendDtmf = channelApi(async ({ channel, rest }) => {
  const [digits = '', duration] = rest.split('@');
  if (!digits) return '-USAGE: <uuid> <dtmf_data>\n';
  if (!channel.leg) return '-ERR Operation failed\n';
  await channel.leg.sendDtmf(digits, duration ? Number(duration) : undefined);
  return `+OK ${channel.uuid} sent DTMF ${rest}.\n`;
}, NO_SESSION);
