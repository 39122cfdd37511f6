// What deployment files may say: command lines that `mirliton` knows, and settings that a process would accept.
import { loadSettings, type Settings, settingsSchema } from '../../core/config/index.ts';
import { commands } from '../mirliton/commands/index.ts';
import { longestFirst, parse } from '../mirliton/parse.ts';
import { type AppName, appNames, pick } from '../zone/apps.ts';

/** All variables that settings are read from. */
export const settingVariables: ReadonlySet<string> = new Set([
  'MIRLITON_CONFIG',
  ...variables(settingsSchema),
]);

function variables(schema: object, path = 'MIRLITON'): string[] {
  const { properties = {} } = schema as { properties?: Record<string, object> };
  return Object.entries(properties).flatMap(([name, child]) => {
    const variable = `${path}_${name.toUpperCase()}`;
    return 'properties' in child ? variables(child, variable) : [variable];
  });
}

/** The settings of a process with this environment. Throws when a variable of ours is not known, or has a wrong value. */
export function settingsFrom(environment: Readonly<Record<string, string>>): Settings {
  for (const name of Object.keys(environment))
    if (name.startsWith('MIRLITON_') && !settingVariables.has(name))
      throw new Error(`no setting is read from ${name}`);
  return loadSettings({ environment });
}

/** Throws when `mirliton` would refuse these words. Gives the apps that they start. */
export function appsStartedBy(words: readonly string[]): readonly AppName[] {
  const { command, options } = parse(words, longestFirst(commands));
  if (command?.name !== 'start' || typeof options['apps'] !== 'string') return [];
  return pick('app', options['apps'], appNames);
}

/** Every `mirliton …` line of the code blocks of a page, as words. Placeholders in capitals stand for themselves. */
export function commandsIn(page: string): string[][] {
  const blocks = [...page.matchAll(/^```(?:sh|bash|console)?\n([\s\S]*?)^```/gm)].map(
    ([, block = '']) => block,
  );
  return blocks
    .flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
    .flatMap(
      (line) => /(?:^|&& |-- |exec \S+ )mirliton ((?!#).*?)(?:\s+#.*|\s*[|&].*)?$/.exec(line)?.[1] ?? [],
    )
    .map((line) => [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? ''));
}

/** Seconds of `45s`, `2m30s`, `1h`. */
export function seconds(text: string): number {
  const units = { h: 3600, m: 60, s: 1 } as const;
  return [...text.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * units[unit as keyof typeof units],
    0,
  );
}
