// From the words of the command line to a command with its values; what does not fit is named.
import { parseArgs } from 'node:util';
import { AppError, errorText } from '../../core/errors/index.ts';
import { type Command, flag, type Option, text, usage } from './command.ts';

/** Options that every command takes. */
export const globalOptions = {
  json: flag('JSON instead of tables'),
  config: text('FILE', 'settings to use instead of mirliton.json and MIRLITON_CONFIG'),
  verbose: flag('log what happens to stderr'),
  help: flag('what the command does and takes'),
} as const;

export interface Parsed {
  /** Undefined for help on everything. */
  readonly command: Command | undefined;
  readonly help: boolean;
  readonly args: Readonly<Record<string, string | undefined | readonly string[]>>;
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly config: string | undefined;
}

const wrong = (message: string): AppError => new AppError('invalid_data', { message });

/** Throws `invalid_data` for wrong use. `words` are those after `mirliton`. */
export function parse(words: readonly string[], commands: readonly Command[]): Parsed {
  const asked = words[0] === 'help' ? [...words.slice(1), '--help'] : words;
  const command = findCommand(asked, commands);
  const rest = command ? asked.slice(command.name.split(' ').length) : asked;
  const { values, positionals } = read(rest, { ...command?.options, ...globalOptions });
  const help = values['help'] === true || (command === undefined && positionals.length === 0);
  if (!command && !help) throw wrong(unknown(positionals, commands));
  return {
    command,
    help,
    args: command && !help ? assign(command, positionals) : {},
    options: values,
    json: values['json'] === true,
    verbose: values['verbose'] === true,
    config: values['config'] as string | undefined,
  };
}

function findCommand(words: readonly string[], commands: readonly Command[]): Command | undefined {
  return commands.find(({ name }) => name.split(' ').every((word, index) => words[index] === word));
}

/** A command of one word may be the first of two others (`call ID`, `calls`): the longest name comes first. */
export const longestFirst = (commands: readonly Command[]): Command[] =>
  [...commands].sort((a, b) => b.name.split(' ').length - a.name.split(' ').length);

function read(words: readonly string[], options: Readonly<Record<string, Option>>) {
  const declared = Object.fromEntries(
    Object.entries(options).map(([name, { type }]) => [name, { type, multiple: false }]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: declared,
      allowPositionals: true,
      strict: true,
    });
    const booleans = Object.entries(options)
      .filter(([, { type }]) => type === 'boolean')
      .map(([name]) => [name, false]);
    return {
      values: { ...Object.fromEntries(booleans), ...values } as Record<string, string | boolean>,
      positionals,
    };
  } catch (cause) {
    // Node adds a hint on how to write a word that begins with a dash.
    throw wrong(errorText(cause).split(/\.\s|\n/)[0] ?? errorText(cause));
  }
}

function assign(command: Command, words: readonly string[]): Parsed['args'] {
  const left = [...words];
  const values: Record<string, string | undefined | readonly string[]> = {};
  for (const [name, { optional, many }] of Object.entries(command.args)) {
    if (many) values[name] = left.splice(0);
    else {
      const word = left.shift();
      if (word === undefined && !optional) throw wrong(`${name.toUpperCase()} is missing: ${usage(command)}`);
      values[name] = word;
    }
  }
  if (left.length > 0) throw wrong(`${left[0]} is one word too many: ${usage(command)}`);
  return values;
}

function unknown(words: readonly string[], commands: readonly Command[]): string {
  const first = words[0] ?? '';
  const family = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name);
  if (family.length > 0) return `${first} does what? One of: ${family.join(', ')}`;
  const near = [...commands]
    .sort((a, b) => a.name.length - b.name.length)
    .find(({ name }) => first.length > 2 && name.startsWith(first.slice(0, 3)));
  return `there is no command ${first}${near ? `; did you mean ${near.name}?` : ''} (mirliton help lists all)`;
}
