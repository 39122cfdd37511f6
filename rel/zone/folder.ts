// The data folder of a zone: made, tried for writing, and held by one process at a time.
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, errorText } from '../../core/errors/index.ts';

/** Makes and claims the folder. Returns what gives it back. Throws `invalid_config` when it cannot be used. */
export function claimFolder(folder: string): () => void {
  const lock = join(folder, 'lock');
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new AppError('invalid_config', {
      message: `cannot make the data folder ${folder}: ${errorText(cause)}`,
      cause,
    });
  }
  for (let tries = 0; ; tries += 1) {
    try {
      const file = openSync(lock, 'wx', 0o600);
      writeSync(file, String(process.pid));
      closeSync(file);
      // What a killed process left behind would send scripts to a zone that is not there yet.
      rmSync(join(folder, 'zone.json'), { force: true });
      return () => rmSync(lock, { force: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 0) {
        throw new AppError('invalid_config', {
          message: `cannot write to the data folder ${folder}: ${errorText(cause)}`,
          cause,
        });
      }
      const holder = Number(readFileSync(lock, 'utf8'));
      if (isAlive(holder)) {
        throw new AppError('invalid_config', {
          message: `the data folder ${folder} is in use by process ${holder}; stop it or set another with MIRLITON_DATA`,
        });
      }
      // Its process was killed.
      rmSync(lock, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
