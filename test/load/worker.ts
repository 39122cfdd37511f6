// Processes that do the measured work. They run compiled, as the product does: a loader's rewriting would be measured too.
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tsc = `${root}node_modules/typescript/bin/tsc`;
let compiled = false;

function compile(): void {
  if (compiled) return;
  const { status } = spawnSync(process.execPath, [tsc, '-p', `${root}test/load/tsconfig.json`], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('the workers do not compile; see the lines above');
  compiled = true;
}

/** A process that answers one message at a time. */
export interface Worker {
  /** What it said when it was ready. */
  readonly hello: unknown;
  readonly pid: number;
  /** Sends a task and resolves with its answer. Rejects when the worker ends instead. */
  ask<T>(task: unknown): Promise<T>;
  stop(): Promise<void>;
}

/** Starts `workers/<name>.ts`; resolves when it has sent its first message. */
export async function startWorker(name: string, ...args: readonly string[]): Promise<Worker> {
  compile();
  const child = fork(`${root}var/load/test/load/workers/${name}.js`, args, {
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const hello = await next(child, name);
  return {
    hello,
    pid: child.pid ?? 0,
    ask: async <T>(task: unknown) => {
      const answer = next(child, name);
      child.send(task as object);
      return (await answer) as T;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

function next(child: ChildProcess, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      child.off('message', take).off('exit', ended);
      act();
    };
    const take = (message: unknown) => settle(() => resolve(message));
    const ended = (code: number | null) =>
      settle(() => reject(new Error(`the worker ${name} ended with ${code}`)));
    child.on('message', take).on('exit', ended);
  });
}
