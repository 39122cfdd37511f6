// Folders for what a process writes.
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

export { root, version } from './root.ts';

/**
 * Makes a folder and those above it. Not `mkdirSync` with `recursive`: where a file system says that there is no parent
 * although there is one (below /proc), Node 20 tries for ever. Throws what the system says.
 */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process was quicker.
    if (!isFolder(folder)) throw error;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
