// `uuid_broadcast UUID PATH|APP::ARGS [aleg|bleg|both]`: plays to a call without taking it out of its bridge.

import { channelApi } from '../calls/channel-api.ts';
import { splitArguments } from '../calls/route.ts';

export const uuidBroadcast = channelApi(({ channel, rest }) => {
  const [what = '', which = 'aleg'] = splitArguments(rest);
  if (!what) return '-USAGE: <uuid> <path> [aleg|bleg|holdb|both]\n';
  const [, app, args] = /^([\w]+)::(.*)$/s.exec(what) ?? [];
  const step = app ? { name: app, args: args ?? '' } : { name: 'playback', args: what };
  const peer = channel.bridgedTo;
  for (const each of which === 'bleg' ? [peer] : which === 'both' ? [channel, peer] : [channel]) {
    each?.executor.deliver({ kind: 'execute', step, loops: 1, lock: false });
  }
  return '+OK Message sent\n';
}, '-ERR invalid uuid\n');
