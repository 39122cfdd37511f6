// The help of `mirliton` and of each command, from the table of commands.
import { type Command, type Option, optionWords, usage } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { globalOptions } from './parse.ts';

const indent = (rows: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
};

const optionRows = (options: Readonly<Record<string, Option>>) =>
  Object.entries(options).map(([name, { value, summary }]) => [optionWords(name, value), summary] as const);

/** All commands, one line each. */
export function overview(commands: readonly Command[]): string {
  return [
    'mirliton: runs, shows and steers a Mirliton cluster',
    '',
    'Commands (mirliton help COMMAND says more):',
    ...indent(commands.map((command) => [command.name, command.summary])),
    '',
    'Every command takes:',
    ...indent(optionRows(globalOptions)),
    '',
    'Exit codes:',
    ...indent(Object.entries(exitCodes)),
  ].join('\n');
}

/** One command. */
export function helpOn(command: Command): string {
  const args = Object.entries(command.args).map(
    ([name, { summary }]) => [name.toUpperCase(), summary] as const,
  );
  return [
    usage(command),
    '',
    command.summary,
    ...(command.details ? ['', command.details] : []),
    ...(args.length > 0 ? ['', ...indent(args)] : []),
    '',
    ...indent([...optionRows(command.options), ...optionRows(globalOptions)]),
    ...(command.examples ? ['', 'Examples:', ...command.examples.map((line) => `  ${line}`)] : []),
  ].join('\n');
}
