// `uuid_setvar_multi UUID A=1;B=2`, or with a separator of one's own: `^^:A=1:B=2`.

import { channelApi, OK } from '../calls/channel-api.ts';
import { splitOutside, unquote } from '../calls/dialstring.ts';

export const uuidSetvarMulti = channelApi(({ channel, rest }) => {
  if (!rest) return '-ERR No variable specified\n';
  const chosen = /^\^\^(.)/.exec(rest);
  const separator = chosen?.[1] ?? ';';
  for (const pair of splitOutside(chosen ? rest.slice(3) : rest, separator, "'")) {
    const [, name = '', value = ''] = /^\s*([^=]+?)\s*(?:=(.*))?$/s.exec(pair) ?? [];
    if (name) channel.set(name, unquote(value, separator));
  }
  return OK;
});
