// The entry of the `mirliton` command: words in, exit code out.
import { isRecord } from '../../core/contract/index.ts';
import { type AppError, toAppError } from '../../core/errors/index.ts';
import { configureLog } from '../../core/log/index.ts';
import { type Cli, createCli } from './cli.ts';
import type { Command } from './command.ts';
import { type ExitCode, exitCodeOf } from './exit-codes.ts';
import { helpOn, overview } from './help.ts';
import { createOutput, type Sink } from './output.ts';
import { longestFirst, type Parsed, parse } from './parse.ts';

/** Runs the command of this process and ends it. */
export async function main(words: readonly string[] = process.argv.slice(2)): Promise<void> {
  // A reader that has seen enough (`| head`) is no mistake of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.exitCode = await run(words);
}

/** Runs one command to its end; writes the result to `out`, progress and errors to `err`. Never rejects. */
export async function run(
  words: readonly string[],
  out: Sink = process.stdout,
  err: Sink = process.stderr,
): Promise<ExitCode> {
  let parsed: Parsed | undefined;
  try {
    const commands = await tableFor(words);
    parsed = parse(words, longestFirst(commands));
    const { command, help } = parsed;
    if (help || !command) {
      out.write(`${command ? helpOn(command) : overview(commands)}\n`);
      return 0;
    }
    configureLog({ level: parsed.verbose ? 'debug' : 'error', form: 'text' });
    return await runCommand(parsed, createCli(createOutput(parsed.json, out, err), parsed.config));
  } catch (error) {
    const { code, lines, json } = explain(toAppError(error));
    if (parsed?.json ?? words.includes('--json')) out.write(`${JSON.stringify(json, null, 2)}\n`);
    err.write(`${lines.join('\n')}\n`);
    return code;
  }
}

/** All commands; for `start`, by which many processes begin at once, that one alone: the others take long to load. */
async function tableFor([first]: readonly string[]): Promise<readonly Command[]> {
  if (first === 'start') return [(await import('./commands/start.ts')).startCommand];
  return (await import('./commands/index.ts')).commands;
}

async function runCommand({ command, args, options }: Parsed, cli: Cli): Promise<ExitCode> {
  try {
    return (await command?.run({ args, options }, cli)) ?? 0;
  } finally {
    await cli.close();
  }
}

function explain(error: AppError) {
  const { code, message, details, cause } = error;
  // What is no answer of ours is a mistake of ours, and its stack is wanted.
  const stack = code === 'unspecified_fault' && cause instanceof Error ? [String(cause.stack)] : [];
  return {
    code: exitCodeOf(code),
    lines: [`mirliton: ${message}`, ...violations(details).map((line) => `  ${line}`), ...stack],
    json: { error: { code, message, details } },
  };
}

/** What is wrong with which field, where an error says that in its details. */
function violations({ violations: found }: Readonly<Record<string, unknown>>): string[] {
  return (Array.isArray(found) ? found : [])
    .filter(isRecord)
    .map(({ path, message }) => `${String(path)}: ${String(message)}`);
}
