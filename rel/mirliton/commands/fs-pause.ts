// mirliton fs pause, fs resume: whether a media server gets new calls.
import { type Command, command, one, text } from '../command.ts';
import { orderSwitch, switchesNamed, untilFollowed } from '../switches.ts';

function pausing(name: 'pause' | 'resume', summary: string, paused: boolean): Command {
  return command({
    name: `fs ${name}`,
    summary,
    details: 'Holds over a restart of ecallmgr, until it is taken back.',
    args: { name: one('from mirliton fs list') },
    options: { zone: text('ZONE', 'only for the ecallmgrs of this zone') },
    run: async ({ args, options }, cli) => {
      await switchesNamed(cli, args.name);
      await orderSwitch(cli, args.name, { paused }, options);
      await untilFollowed(cli, args.name, (seen) => seen.every((it) => it.paused === paused));
      cli.done(`${args.name} ${paused ? 'gets no new calls' : 'gets calls'}`, { name: args.name, paused });
    },
  });
}

export const fsPauseCommand = pausing('pause', 'no new calls for a media server; those it has go on', true);
export const fsResumeCommand = pausing('resume', 'new calls for a media server again', false);
