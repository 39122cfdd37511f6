// mirliton fs add, fs remove: media servers come and go while everything runs.

import { switchName } from '../../../apps/ecallmgr/switches.ts';
import { AppError } from '../../../core/errors/index.ts';
import { command, flag, one, text } from '../command.ts';
import { orderSwitch, switchesNamed, untilFollowed } from '../switches.ts';

const zone = text('ZONE', 'only for the ecallmgrs of this zone');

export const fsAddCommand = command({
  name: 'fs add',
  summary: 'adds a media server: every ecallmgr connects to it at once, and keeps it over a restart',
  args: { address: one('HOST or HOST:PORT of its event socket (8021)') },
  options: {
    password: text('WORD', 'of the event socket; default ClueCon'),
    name: text('NAME', 'default freeswitch@HOST'),
    zone,
  },
  examples: ['mirliton fs add 10.0.0.12 --password secret --name fs3'],
  run: async ({ args: { address }, options }, cli) => {
    const [, host = '', , word] = /^(\[[^\]]+\]|[^:]+)(:(\d{1,5}))?$/.exec(address) ?? [];
    const port = Number(word ?? 8021);
    if (host === '' || port < 1 || port > 65_535)
      throw new AppError('invalid_data', { message: `ADDRESS is HOST or HOST:PORT, not ${address}` });
    const plain = host.replace(/^\[|\]$/g, '');
    const name = options.name ?? switchName({ host: plain, port });
    const order = {
      host: plain,
      port,
      password: options.password ?? 'ClueCon',
      paused: false,
      removed: false,
    };
    await orderSwitch(cli, name, order, options);
    await untilFollowed(cli, name, (seen) => seen.length > 0);
    const [seen] = await switchesNamed(cli, name);
    const state = seen?.connected ? 'is up' : `is not reached yet: ${seen?.failure ?? 'no reason given'}`;
    cli.done(`${name} was added and ${state}`, {
      name,
      host: plain,
      port,
      connected: seen?.connected ?? false,
    });
  },
});

export const fsRemoveCommand = command({
  name: 'fs remove',
  summary: 'lets go of a media server: no new calls, and its calls go on without a controller',
  details: 'Pause it first and wait until mirliton fs list shows no channels, or give --now.',
  args: { name: one('from mirliton fs list') },
  options: { now: flag('also while it has calls'), zone },
  run: async ({ args: { name }, options }, cli) => {
    const busy = Math.max(...(await switchesNamed(cli, name)).map(({ channels }) => channels));
    if (busy > 0 && !options.now)
      throw new AppError('precondition_failed', {
        message: `${name} has ${busy} channels: pause it and wait, or give --now`,
      });
    await orderSwitch(cli, name, { removed: true }, options);
    await untilFollowed(cli, name, (seen) => seen.length === 0);
    cli.done(`${name} was removed`, { name });
  },
});
