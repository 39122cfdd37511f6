// mirliton apps init: registers the apps of a Monster UI, so that accounts can have them.
import { registerApps } from '../../../apps/crossbar/ui/register.ts';
import { command, flag, maybe, one } from '../command.ts';

export const appsInitCommand = command({
  name: 'apps init',
  summary: 'registers the apps of a Monster UI in the master account',
  details:
    'PATH is a folder that has, at any depth, folders of apps with metadata/app.json. An app that is registered already keeps ' +
    'what its document says but for the URL, unless --refresh is given. Images are stored again.',
  args: { path: one('folder of the apps'), url: maybe('where browsers find the REST API') },
  options: { refresh: flag('take over everything that app.json says') },
  examples: ['mirliton apps init /var/www/monster-ui/apps https://api.example.com/v2/'],
  run: async ({ args: { path, url }, options: { refresh } }, cli) => {
    const registered = await registerApps(await cli.store(), path, { url, refresh });
    const lines = registered.flatMap(({ name, outcome, problems }) => [
      `${name}: ${outcome}`,
      ...problems.map((problem) => `  ${problem}`),
    ]);
    cli.done(lines.join('\n'), { apps: registered });
    return registered.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
  },
});
