// Installs the packages when they are missing or older than the lock file. Plain JavaScript: it runs before anything is there.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lock = `${root}package-lock.json`;
const installedLock = `${root}node_modules/.installed-lock.json`;

/** Ends the process with one clear line when this Node is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`mirliton needs Node 20.19 or newer; this is ${process.versions.node}`);
  process.exit(1);
}

/**
 * Installs by the lock file unless exactly that has been installed. Not `npm ci`: it refuses where a registry does not
 * carry the optional packages of other platforms.
 */
export function install() {
  if (existsSync(installedLock) && readFileSync(installedLock, 'utf8') === readFileSync(lock, 'utf8')) return;
  console.error('installing packages (once) …');
  const { status } = spawnSync(
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      // Inside `npm start` the outer npm's settings are in the environment; they are not meant for this one.
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))),
    },
  );
  if (status !== 0) {
    console.error('mirliton: the packages could not be installed; see the lines above');
    process.exit(1);
  }
  copyFileSync(lock, installedLock);
}

requireNode();
install();
