// Where this program lies, and which version it is. Sources and bundles stand at different depths below package.json.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. What is read at run time (views, prompts, configurations) is looked for below it. */
export const root = folderOf(dirname(fileURLToPath(import.meta.url)));

/** As package.json states it. */
export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string;
};

function folderOf(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  if (dirname(folder) === folder) throw new Error('package.json is missing');
  return folderOf(dirname(folder));
}
