// mirliton config set, config unset: one runtime setting, for everybody, a zone or a node.
import { command, flag, one, text } from '../command.ts';
import { readValue } from '../known-settings.ts';
import { changeSection, checkCategory, removeFrom, setIn } from '../system-config.ts';

const args = { category: one('e.g. edge'), path: one('e.g. dispatcher.choice; a dot within a name is %2E') };
const where = {
  node: text('NODE', 'for this node alone, e.g. edge@host'),
  zone: text('ZONE', 'for this zone alone'),
};
const sectionOf = ({ node, zone }: { node: string | undefined; zone: string | undefined }): string =>
  node ?? zone ?? 'default';

export const configSetCommand = command({
  name: 'config set',
  summary: 'sets a runtime setting; the apps follow at once or within half a minute',
  args: { ...args, value: one('text, or JSON for numbers, true, false, lists and objects') },
  options: { ...where, force: flag('also when no app reads it, or with another type') },
  examples: [
    'mirliton config set edge dispatcher.choice round_robin',
    'mirliton config set milliwatt echo.numbers \'["*43"]\' --zone west',
  ],
  run: async ({ args: { category, path, value: word }, options }, cli) => {
    checkCategory(category);
    const value = readValue(category, path, word, options.force);
    const section = sectionOf(options);
    await changeSection(await cli.store(), category, section, setIn(path, value));
    cli.done(`${category}.${path} is ${JSON.stringify(value)} (${section})`, {
      category,
      section,
      path,
      value,
    });
  },
});

export const configUnsetCommand = command({
  name: 'config unset',
  summary: 'takes a runtime setting away: what is above it, or the default of the app, holds again',
  args,
  options: where,
  run: async ({ args: { category, path }, options }, cli) => {
    checkCategory(category);
    const section = sectionOf(options);
    await changeSection(await cli.store(), category, section, removeFrom(path));
    cli.done(`${category}.${path} is not set any more (${section})`, { category, section, path });
  },
});
