// APIs on one channel: `NAME UUID ARGUMENTS`, and FreeSWITCH's words when there is no such channel.

import type { Channel } from './channel.ts';
import type { Api, SwitchCore } from './contract.ts';

export const OK = '+OK\n';
export const NO_CHANNEL = '-ERR No such channel!\n';
export const NO_SESSION = '-ERR Cannot locate session!\n';

export interface ChannelCommand {
  core: SwitchCore;
  channel: Channel;
  /** Everything after the UUID, and the same split at blanks. */
  rest: string;
  words: string[];
}

/** `missing` is the answer when the channel is not there. */
export function channelApi(
  run: (command: ChannelCommand) => string | Promise<string>,
  missing: string = NO_CHANNEL,
): Api {
  return (core, args) => {
    const [, uuid = '', rest = ''] = /^\s*(\S*)\s*(.*)$/s.exec(args) ?? [];
    const channel = core.channels.get(uuid);
    if (!channel) return missing;
    return run({ core, channel, rest: rest.trim(), words: rest.split(/\s+/).filter(Boolean) });
  };
}
