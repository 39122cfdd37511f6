// Compiles to dist/ when a source is newer than the last build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}dist/.built`;

/** Milliseconds of the newest source file. */
function newestSource() {
  let newest = 0;
  for (const folder of ['apps', 'core', 'rel', 'couchdb']) {
    for (const entry of readdirSync(root + folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && /\.(ts|json)$/.test(entry.name)) {
        newest = Math.max(newest, statSync(`${entry.parentPath}/${entry.name}`).mtimeMs);
      }
    }
  }
  return Math.max(
    newest,
    statSync(`${root}package-lock.json`).mtimeMs,
    statSync(`${root}tsconfig.json`).mtimeMs,
  );
}

function builtAt() {
  try {
    return statSync(stamp).mtimeMs;
  } catch {
    return 0;
  }
}

/** What builds that were killed have left beside dist. */
function sweep() {
  for (const name of readdirSync(root)) {
    const pid = Number(/^dist\.(\d+)(?:\.old)?$/.exec(name)?.[1] ?? process.pid);
    if (!existsSync(`/proc/${pid}`) && existsSync('/proc/self'))
      rmSync(root + name, { recursive: true, force: true });
  }
}

/** Ends the process when the sources do not compile. */
export function build() {
  if (builtAt() > newestSource()) return;
  sweep();
  // Built beside and swapped in: a zone that runs from dist keeps its files, and two builds at once do not meet.
  const fresh = `${root}dist.${process.pid}`;
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    console.error('mirliton: the sources do not compile; see the lines above');
    process.exit(1);
  }
  writeFileSync(`${fresh}/.built`, '');
  const old = `${fresh}.old`;
  try {
    if (existsSync(`${root}dist`)) renameSync(`${root}dist`, old);
    renameSync(fresh, `${root}dist`);
  } catch {
    // Another start of the same sources was first.
    rmSync(fresh, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

build();
