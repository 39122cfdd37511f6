// `uuid_fileman UUID seek:+MS|seek:-MS|pause|stop|restart`: moves within what plays.

import { channelApi, OK } from '../calls/channel-api.ts';

export const uuidFileman = channelApi(({ channel, rest }) => {
  const [verb, amount = '0'] = rest.split(':');
  if (verb === 'seek') channel.leg?.seek(Number(amount));
  else if (verb === 'pause') channel.leg?.pause(true);
  else if (verb === 'resume') channel.leg?.pause(false);
  else if (verb === 'stop') channel.leg?.stopPlay();
  else if (verb === 'restart') channel.leg?.seek(Number.MIN_SAFE_INTEGER);
  else return '-USAGE: <uuid> <cmd>:<val>\n';
  return OK;
});
