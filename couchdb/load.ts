// Loads the view files: couchdb/views/<database class>[+<class>…]/<design document>/<view>.js.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { AppError, errorText } from '../core/errors/index.ts';

/** One view as CouchDB takes it: the source of the map function, and a built-in name or a source as reduce. */
export interface ViewSource {
  readonly map: string;
  readonly reduce?: string;
}

/** One design document; `digest` changes with any of its functions. */
export interface DesignSource {
  /** Without `_design/`. */
  readonly name: string;
  readonly views: Readonly<Record<string, ViewSource>>;
  readonly digest: string;
}

/** Design documents by database class. */
export type ViewSources = ReadonlyMap<string, readonly DesignSource[]>;

const loaded = new Map<string, ViewSources>();

/**
 * All design documents of `folder` (default: the views of this project), read once per process. A view file defines
 * `function map(doc)` and, when the view reduces, `var reduce` (`'_count'`, `'_sum'`, …) or `function reduce`.
 * Throws `invalid_config` for a file that does not.
 */
export function loadViews(folder: string = viewsFolder()): ViewSources {
  const known = loaded.get(folder);
  if (known) return known;
  const byClass = new Map<string, Map<string, Record<string, ViewSource>>>();
  for (const classes of folders(folder))
    for (const design of folders(join(folder, classes)))
      for (const file of readdirSync(join(folder, classes, design)).sort())
        for (const databaseClass of classes.split('+')) {
          const designs = byClass.get(databaseClass) ?? new Map<string, Record<string, ViewSource>>();
          byClass.set(databaseClass, designs);
          const views = designs.get(design) ?? {};
          designs.set(design, views);
          views[file.replace(/\.js$/, '')] = readView(join(folder, classes, design, file));
        }
  const sources: ViewSources = new Map(
    [...byClass].map(([name, designs]) => [name, [...designs].map(([design, views]) => pack(design, views))]),
  );
  loaded.set(folder, sources);
  return sources;
}

function folders(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function pack(name: string, views: Record<string, ViewSource>): DesignSource {
  const sorted = Object.fromEntries(Object.entries(views).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { name, views: sorted, digest: createHash('sha256').update(JSON.stringify(sorted)).digest('hex') };
}

/** The file is run in an empty context to get at its functions; their text is what CouchDB compiles. */
function readView(file: string): ViewSource {
  const context: { map?: unknown; reduce?: unknown } = {};
  try {
    new Script(readFileSync(file, 'utf8'), { filename: file }).runInNewContext(context);
  } catch (cause) {
    throw new AppError('invalid_config', { message: `the view ${file} fails: ${errorText(cause)}`, cause });
  }
  if (typeof context.map !== 'function')
    throw new AppError('invalid_config', { message: `the view ${file} must define "function map(doc)"` });
  const { map, reduce } = context;
  return { map: anonymous(map), ...(reduce === undefined ? {} : { reduce: anonymous(reduce) }) };
}

/** CouchDB compiles the text as an expression and takes no function with a name. */
function anonymous(source: unknown): string {
  return String(source).replace(/^function\s+\w+\s*\(/, 'function (');
}

/** The views beside this file, or beside the sources when this file is the built one. */
function viewsFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    for (const candidate of [join(folder, 'views'), join(folder, 'couchdb', 'views')])
      if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder)
      throw new AppError('invalid_config', { message: 'the folder couchdb/views is missing' });
  }
}
