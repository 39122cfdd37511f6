// Keeps the table of contacts in a file, so that a restart loses no phone and asks nobody.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isRecord } from '../../../core/contract/index.ts';
import { errorText } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import type { Binding, Location } from './location.ts';

const every = 2_000;

export interface Snapshot {
  /** The table has changed: it is written within two seconds. */
  touch(): void;
  /** Writes what is not written yet. */
  stop(): void;
}

/** Fills the table from the file and keeps the file up to date. A file that cannot be read is an empty table and a warning. */
export function keepSnapshot(file: string, location: Location, log: Logger): Snapshot {
  mkdirSync(dirname(file), { recursive: true });
  for (const binding of read(file, log)) if (binding.until > Date.now()) location.save(binding);
  let dirty = false;
  let timer: NodeJS.Timeout | undefined;
  const text = (): string => JSON.stringify([...location]);
  const write = async (): Promise<void> => {
    dirty = false;
    try {
      await writeFile(`${file}.new`, text(), { mode: 0o600 });
      await rename(`${file}.new`, file);
    } catch (error) {
      log.error('registrations could not be saved: a restart will forget the newest', { file, error });
    }
    timer = undefined;
    if (dirty) schedule();
  };
  const schedule = (): void => {
    timer ??= setTimeout(() => void write(), every);
  };
  return {
    touch: () => {
      dirty = true;
      schedule();
    },
    stop: () => {
      clearTimeout(timer);
      if (!dirty) return;
      dirty = false;
      writeFileSync(file, text(), { mode: 0o600 });
    },
  };
}

function read(file: string, log: Logger): Binding[] {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT')
      log.warn('the saved registrations cannot be read', { file, error: errorText(error) });
    return [];
  }
  try {
    const list: unknown = JSON.parse(content);
    return Array.isArray(list) ? list.filter(isBinding) : [];
  } catch (error) {
    log.warn('the saved registrations are damaged and are left out', { file, error: errorText(error) });
    return [];
  }
}

function isBinding(value: unknown): value is Binding {
  return (
    isRecord(value) &&
    ['aor', 'key', 'contact', 'realm', 'username', 'token'].every(
      (name) => typeof value[name] === 'string',
    ) &&
    typeof value['until'] === 'number' &&
    isRecord(value['source'])
  );
}
