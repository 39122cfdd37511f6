// The version of this project, as package.json states it, and where its files lie.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../../core/errors/index.ts';

/** The folder of package.json. Looked for above this file, which may be a source or a built one. */
export const root = folderOf(dirname(fileURLToPath(import.meta.url)));

export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string;
};

function folderOf(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  if (dirname(folder) === folder)
    throw new AppError('invalid_config', { message: 'package.json is missing' });
  return folderOf(dirname(folder));
}
