// The data folder of a zone: made, and what is in it held by one process at a time, by name.
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, errorText } from '../../core/errors/index.ts';
import { makeFolder } from '../../core/files/index.ts';

/** Gives a claim back. */
export type Release = () => void;

/**
 * Claims one thing in the folder, which is made when it is missing. Returns the number of the process that has it when
 * that runs. Throws `invalid_config` when the folder cannot be used.
 */
export function tryClaim(folder: string, name: string): Release | number {
  const locks = join(folder, 'locks');
  const lock = join(locks, name);
  try {
    makeFolder(locks);
  } catch (cause) {
    throw unusable('make', folder, cause);
  }
  for (let tries = 0; ; tries += 1) {
    try {
      const file = openSync(lock, 'wx', 0o600);
      writeSync(file, `${process.pid} ${bornAt(process.pid) ?? ''}`);
      closeSync(file);
      return () => rmSync(lock, { force: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 0)
        throw unusable('write to', folder, cause);
      const [holder = '', born] = readFileSync(lock, 'utf8').split(' ');
      if (isAlive(Number(holder), born)) return Number(holder);
      // Its process was killed.
      rmSync(lock, { force: true });
    }
  }
}

/** Claims all of these. Throws `invalid_config`, and holds nothing, when a running process has one. */
export function claim(folder: string, names: readonly string[]): Release {
  const held: Release[] = [];
  const release = (): void => {
    for (const one of held.splice(0)) one();
  };
  for (const name of names) {
    const got = tryClaim(folder, name);
    if (typeof got === 'number') {
      release();
      throw new AppError('invalid_config', {
        message: `the data folder ${folder} is in use by process ${got} (its ${name}); stop it or set another with MIRLITON_DATA`,
      });
    }
    held.push(got);
  }
  return release;
}

/**
 * The host part for the node names of a process with these apps, which must be its own: `host`, or `host-2` and so on
 * where another process with one of them runs on the same folder.
 */
export function claimHost(
  folder: string,
  host: string,
  apps: readonly string[],
): { readonly host: string; readonly release: Release } {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? host : `${host}-${number}`;
    const held = apps.map((app) => tryClaim(folder, `${app}@${name}`));
    const release = (): void => {
      for (const one of held.splice(0)) if (typeof one !== 'number') one();
    };
    if (held.every((one) => typeof one !== 'number')) return { host: name, release };
    release();
  }
}

function unusable(what: string, folder: string, cause: unknown): AppError {
  return new AppError('invalid_config', {
    message: `cannot ${what} the data folder ${folder}: ${errorText(cause)}`,
    cause,
  });
}

/** Whether the process runs that was `born` then: after a reboot its number belongs to another. */
function isAlive(pid: number, born: string | undefined): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = bornAt(pid);
  return !born || now === undefined || now === born;
}

/** When a process began, in ticks since boot; undefined where there is no /proc. */
function bornAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces; what follows is field 3, and the beginning is field 22.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
