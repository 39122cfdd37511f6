// The version of this project, as package.json states it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../../core/errors/index.ts';

/** Looked for above this file, which may be a source or a built one. */
export const version = readVersion(dirname(fileURLToPath(import.meta.url)));

function readVersion(folder: string): string {
  const file = join(folder, 'package.json');
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  if (dirname(folder) === folder)
    throw new AppError('invalid_config', { message: 'package.json is missing' });
  return readVersion(dirname(folder));
}
