// Processes that a test was given and has not started: it may end and stop them, somebody else brings them back.
import { readFileSync } from 'node:fs';
import { eventually } from './eventually.ts';
import type { ZoneProcess } from './processes.ts';

/** Seconds in which whoever watches over them starts one again. */
const backWithin = 60;

/** As many as the file has lines, each with the pid of one; it is written anew when one is started again. */
export function givenProcesses(app: string, file: string): ZoneProcess[] {
  const pids = (): number[] => readFileSync(file, 'utf8').trim().split('\n').map(Number);
  return pids().map((_, index) => givenProcess(`${app}@${index + 1}`, app, () => pids()[index] ?? 0));
}

function givenProcess(node: string, app: string, pidOf: () => number): ZoneProcess {
  const alive = (): boolean => runs(pidOf());
  const awaited = (wanted: boolean, pid?: number): Promise<void> =>
    eventually(() => {
      if (runs(pid ?? pidOf()) !== wanted)
        throw new Error(`${node} ${wanted ? 'is not back' : 'does not end'}`);
    }, backWithin);
  return {
    app,
    node,
    get pid() {
      return alive() ? pidOf() : undefined;
    },
    alive,
    kill: async (signal = 'SIGKILL') => {
      const pid = pidOf();
      process.kill(pid, signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await awaited(false, pid);
    },
    start: () => awaited(true),
  };
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
