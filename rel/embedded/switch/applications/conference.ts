// `conference NAME[@PROFILE][+PIN][+flags{mute|deaf|moderator}]`: joins a conference until one leaves it.

import { joinConference } from '../calls/conference.ts';
import type { Application } from '../calls/contract.ts';

export const conference: Application = {
  media: true,
  async run({ core, channel, args, signal }) {
    const flags = new Set(/\+flags\{([^}]*)\}/.exec(args)?.[1]?.split(/[|,;]/) ?? []);
    const [target = ''] = args.trim().split('+');
    const [name = '', profile = 'default'] = target.split('@');
    if (!channel.answered) await channel.driver.answer();
    const joined = await joinConference({ core, channel, signal, name, profile, flags });
    return joined ? undefined : '-ERR conference is locked';
  },
};
