// `conference NAME[@PROFILE][+PIN][+flags{mute|deaf|moderator|endconf}]`: joins a conference until one leaves it.

import { joinConference } from '../calls/conference.ts';
import type { Application } from '../calls/contract.ts';
import { callOut } from '../calls/outcalls.ts';

export const conference: Application = {
  media: true,
  async run({ core, channel, args, signal }) {
    const flags = new Set(/\+flags\{([^}]*)\}/.exec(args)?.[1]?.split(/[|,;]/) ?? []);
    const [target = ''] = args.trim().split('+');
    const [name = '', profile = 'default'] = target.split('@');
    if (!channel.answered) await channel.driver.answer();
    const dialStrings = channel.outcalls.splice(0);
    const joined = await joinConference({
      core,
      channel,
      signal,
      name,
      profile,
      flags,
      onJoined: (conference) => callOut({ core, channel, conference, dialStrings, signal }),
    });
    return joined ? undefined : '-ERR conference is locked';
  },
};
