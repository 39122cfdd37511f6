// Bundles to dist/ when a source is newer than the last build. Types are the matter of `npm run check`.
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

/** Programs that are started by their path below dist/. */
const entries = ['rel/mirliton/bin.ts', 'rel/mirliton/main.ts', 'rel/zone/main.ts'];
/** Native, with files of their own beside the code, or so old that Node warns of it where it is not among the packages. */
const external = ['leveldown', '@node-rs/argon2', 'pdfkit', 'modesl'];

/** Few files instead of thousands of modules: a process of one app is loaded in a third of the time. */
const bundle = (outdir) => ({
  absWorkingDir: root,
  entryPoints: entries,
  outbase: '.',
  outdir,
  external,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Without keepNames, which would name every closure anew whenever it is made: source maps have the names of the sources.
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  // Packages in CommonJS ask for Node's own modules by it.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
});

/** Ends the process when the sources do not compile. */
export async function build() {
  if (builtAt() > newestSource()) return;
  sweep();
  // Built beside and swapped in: a zone that runs from dist keeps its files, and two builds at once do not meet.
  const fresh = `${root}dist.${process.pid}`;
  const esbuild = await import('esbuild');
  try {
    await esbuild.build(bundle(fresh));
  } catch {
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

await build();
