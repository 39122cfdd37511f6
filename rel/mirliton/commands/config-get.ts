// mirliton config get: the value that holds, and where it comes from.
import { AppError } from '../../../core/errors/index.ts';
import { command, one, text } from '../command.ts';
import { findKnown } from '../known-settings.ts';
import { checkCategory, effectiveSetting } from '../system-config.ts';

export const configGetCommand = command({
  name: 'config get',
  summary: 'the value of a runtime setting for a node, a zone, or everybody',
  details:
    'What is set for the node counts first, then what is set for its zone, then the default section. Exit code 1 when nothing is set.',
  args: { category: one('e.g. edge'), path: one('e.g. dispatcher.choice; a dot within a name is %2E') },
  options: {
    node: text('NODE', 'as this node reads it, e.g. edge@host'),
    zone: text('ZONE', 'as this zone reads it; default: the zone of the settings'),
  },
  examples: ['mirliton config get edge dispatcher.choice'],
  run: async ({ args: { category, path }, options: { node, zone } }, cli) => {
    checkCategory(category);
    const sections = [...(node === undefined ? [] : [node]), zone ?? cli.settings().zone, 'default'];
    const found = await effectiveSetting(await cli.store(), category, path, sections);
    const known = findKnown(category, path);
    const fallback = known?.default === undefined ? undefined : { value: known.default, section: 'the app' };
    const setting = found ?? fallback;
    if (!setting)
      throw new AppError('not_found', {
        message: `${category}.${path} is not set${known ? ': the app uses its default' : ' and nobody reads it'}`,
      });
    cli.show({ category, path, value: setting.value, from: setting.section }, () =>
      typeof setting.value === 'string' ? setting.value : JSON.stringify(setting.value, null, 2),
    );
  },
});
