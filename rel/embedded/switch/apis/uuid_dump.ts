// `uuid_dump UUID [plain|json]`: every header and variable of a channel, as its events carry them.

import { channelApi } from '../calls/channel-api.ts';
import { channelHeaders } from '../calls/headers.ts';

export const uuidDump = channelApi(({ core, channel, rest }) => {
  const fields = new Map<string, string | string[]>([
    ['Event-Name', 'CHANNEL_DATA'],
    ['Core-UUID', core.bus.coreUuid],
    ['FreeSWITCH-Hostname', core.settings.name],
    ['FreeSWITCH-Switchname', core.settings.name],
    ...channelHeaders(channel),
  ]);
  if (rest === 'json') return JSON.stringify(Object.fromEntries(fields));
  const lines = [...fields].map(([name, value]) => `${name}: ${encodeURIComponent(String(value))}`);
  return `${lines.join('\n')}\n\n`;
});
