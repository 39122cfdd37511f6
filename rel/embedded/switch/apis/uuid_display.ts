// `uuid_display UUID NAME|NUMBER`: what the caller shall see; kept, and told by CALL_UPDATE.

import { channelApi } from '../calls/channel-api.ts';

export const uuidDisplay = channelApi(({ channel, rest }) => {
  const [name = '', number = name] = rest.split('|');
  channel.profile.calleeIdName = name;
  channel.profile.calleeIdNumber = number;
  channel.publish('CALL_UPDATE', [['Direction', 'SEND']]);
  return '+OK Success\n';
}, '-ERR Operation failed\n');
