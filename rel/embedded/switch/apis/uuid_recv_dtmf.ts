// `uuid_recv_dtmf UUID DIGITS[@MILLISECONDS]`: digits as if the far end had pressed them.

import { channelApi, NO_SESSION } from '../calls/channel-api.ts';

export const uuidRecvDtmf = channelApi(({ channel, rest }) => {
  const [digits = '', duration] = rest.split('@');
  if (!digits) return '-USAGE: <uuid> <dtmf_data>\n';
  const durationMs = Number(duration ?? 100);
  for (const digit of digits.toUpperCase().match(/[0-9*#A-D]/g) ?? []) {
    if (channel.leg) channel.leg.injectDtmf(digit, durationMs, 'api');
    else channel.takeDigit({ digit, durationMs, via: 'api' });
  }
  return `+OK ${channel.uuid} received DTMF ${rest}.\n`;
}, NO_SESSION);
