// The `mirliton` command as scripts use it: --json, exit codes, stderr.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

export interface Ran {
  readonly code: number | null;
  /** What stdout says as JSON; undefined when it says nothing. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly json: any;
  readonly stderr: string;
}

const entry = fileURLToPath(new URL('../../dist/rel/mirliton/bin.js', import.meta.url));

/** As a script runs it, in a process of its own. */
export async function spawned(config: string, words: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [entry, ...words, '--json', '--config', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = [gather(), gather()];
  child.stdout.on('data', out.write);
  child.stderr.on('data', err.write);
  const [code] = (await once(child, 'close')) as [number | null];
  return ran(words, code, out.text(), err.text());
}

/** The same without the second that a new process takes to load. */
export async function inside(config: string, words: readonly string[]): Promise<Ran> {
  const [out, err] = [gather(), gather()];
  // Imported as the command itself imports its parts: a test is loaded in another way, with modules of its own.
  const { run } = await import('../../rel/mirliton/main.ts');
  const code = await run([...words, '--json', '--config', config], out, err);
  return ran(words, code, out.text(), err.text());
}

function gather() {
  const written: string[] = [];
  return {
    write: (chunk: Buffer | string) => void written.push(chunk.toString()),
    text: () => written.join(''),
  };
}

function ran(words: readonly string[], code: number | null, text: string, stderr: string): Ran {
  try {
    return { code, json: text === '' ? undefined : JSON.parse(text), stderr };
  } catch (cause) {
    throw new Error(`mirliton ${words.join(' ')} wrote no JSON: ${text}\n${stderr}`, { cause });
  }
}

/** Runs a command on a zone, and fails unless it went well. Resolves with what it says. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
export async function fine(config: string, ...words: string[]): Promise<any> {
  const { code, json, stderr } = await inside(config, words);
  expect(code, `${words.join(' ')}: ${stderr}${JSON.stringify(json)}`).to.equal(0);
  return json;
}
