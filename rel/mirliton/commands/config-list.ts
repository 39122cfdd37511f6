// mirliton config list: what is set in system_config, or what can be set.
import { command, flag, maybe } from '../command.ts';
import { knownSettings } from '../known-settings.ts';
import { checkCategory, storedSettings } from '../system-config.ts';

// Passwords and keys are shown to whoever asks for them by name (config get), not to whoever looks over a shoulder.
const isSecret = (path: string): boolean => /secret|password/i.test(path);

export const configListCommand = command({
  name: 'config list',
  summary: 'runtime settings that are set, or with --known those that can be',
  args: { category: maybe('only this one, e.g. edge') },
  options: { known: flag('every setting that an app reads, with its type and default') },
  run: async ({ args: { category }, options }, cli) => {
    if (category !== undefined) checkCategory(category);
    if (options.known) {
      const rows = Object.entries(knownSettings)
        .filter(([name]) => (category ?? name) === name)
        .flatMap(([name, settings]) =>
          Object.entries(settings).map(([path, setting]) => ({ category: name, path, ...setting })),
        );
      return cli.table(rows, {
        category: (row) => row.category,
        path: (row) => row.path,
        type: (row) => row.type,
        default: (row) => row.default,
        summary: (row) => row.summary,
      });
    }
    const rows = await storedSettings(await cli.store(), category);
    const shown = rows.map((row) => (isSecret(row.path) ? { ...row, value: '********' } : row));
    cli.table(
      shown,
      {
        category: (row) => row.category,
        section: (row) => row.section,
        path: (row) => row.path,
        value: (row) => (typeof row.value === 'string' ? row.value : JSON.stringify(row.value)),
      },
      'nothing is set: every app uses its defaults',
    );
  },
});
