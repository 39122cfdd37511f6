// The entry of the `mirliton` command: words in, exit code out.
import { isRecord } from '../../core/contract/index.ts';
import { type AppError, toAppError } from '../../core/errors/index.ts';
import { configureLog } from '../../core/log/index.ts';
import { type Cli, createCli } from './cli.ts';
import { commands } from './commands/index.ts';
import { type ExitCode, exitCodeOf } from './exit-codes.ts';
import { helpOn, overview } from './help.ts';
import { createOutput } from './output.ts';
import { longestFirst, type Parsed, parse } from './parse.ts';

/** Runs the command of this process and ends it. */
export async function main(words: readonly string[] = process.argv.slice(2)): Promise<void> {
  // A reader that has seen enough (`| head`) is no mistake of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const code = await run(words);
  process.exitCode = code;
}

async function run(words: readonly string[]): Promise<ExitCode> {
  let parsed: Parsed | undefined;
  try {
    parsed = parse(words, longestFirst(commands));
    const { command, help } = parsed;
    if (help || !command) {
      console.log(command ? helpOn(command) : overview(commands));
      return 0;
    }
    configureLog({ level: parsed.verbose ? 'debug' : 'error', form: 'text' });
    return await runCommand(parsed, createCli(createOutput(parsed.json), parsed.config));
  } catch (error) {
    return fail(toAppError(error), parsed?.json ?? words.includes('--json'));
  }
}

async function runCommand({ command, args, options }: Parsed, cli: Cli): Promise<ExitCode> {
  try {
    return (await command?.run({ args, options }, cli)) ?? 0;
  } finally {
    await cli.close();
  }
}

function fail(error: AppError, json: boolean): ExitCode {
  const { code, message, details } = error;
  if (json) console.log(JSON.stringify({ error: { code, message, details } }, null, 2));
  console.error([`mirliton: ${message}`, ...violations(details)].join('\n  '));
  // What is no answer of ours is a mistake of ours, and its stack is wanted.
  if (code === 'unspecified_fault' && error.cause instanceof Error) console.error(error.cause.stack);
  return exitCodeOf(code);
}

/** What is wrong with which field, where an error says that in its details. */
function violations({ violations: found }: Readonly<Record<string, unknown>>): string[] {
  return (Array.isArray(found) ? found : [])
    .filter(isRecord)
    .map(({ path, message }) => `${String(path)}: ${String(message)}`);
}
