// Processor time of processes, as the kernel has counted it.
import { readFileSync } from 'node:fs';

/** Clock ticks a second that /proc counts in, on every Linux of today. */
const ticks = 100;

/** Seconds of processor time that these processes have used so far; one that has ended counts no more. */
export function secondsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + secondsOfOne(pid), 0);
}

function secondsOfOne(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticks;
  } catch {
    return 0;
  }
}

/** Resident bytes of a process at this moment. */
export function residentOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
