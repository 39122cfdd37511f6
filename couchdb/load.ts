// Loads the view files: couchdb/views/<database class>[+<class>…]/<design document>/<view>.js.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';
import { AppError, errorText } from '../core/errors/index.ts';
import { root } from '../core/files/index.ts';

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
export function loadViews(folder: string = join(root, 'couchdb', 'views')): ViewSources {
  const known = loaded.get(folder);
  if (known) return known;
  const byClass = new Map<string, Map<string, Record<string, ViewSource>>>();
  for (const classes of folders(folder))
    for (const design of folders(join(folder, classes)))
      for (const file of readdirSync(join(folder, classes, design)).sort()) {
        const view = readView(join(folder, classes, design, file));
        for (const databaseClass of classes.split('+')) {
          const designs = byClass.get(databaseClass) ?? new Map<string, Record<string, ViewSource>>();
          byClass.set(databaseClass, designs);
          const views = designs.get(design) ?? {};
          designs.set(design, views);
          views[file.replace(/\.js$/, '')] = view;
        }
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

// One for all files: making one takes a millisecond.
const context = createContext({});

/** The file is run as the body of a function to get at its own; their text is what CouchDB compiles. */
function readView(file: string): ViewSource {
  const { map, reduce } = definedIn(file);
  if (typeof map !== 'function')
    throw new AppError('invalid_config', { message: `the view ${file} must define "function map(doc)"` });
  return { map: anonymous(map), ...(reduce === undefined ? {} : { reduce: anonymous(reduce) }) };
}

function definedIn(file: string): { readonly map: unknown; readonly reduce: unknown } {
  const body = `(() => { var map, reduce; ${readFileSync(file, 'utf8')}\nreturn { map, reduce }; })()`;
  try {
    return new Script(body, { filename: file }).runInContext(context) as { map: unknown; reduce: unknown };
  } catch (cause) {
    throw new AppError('invalid_config', { message: `the view ${file} fails: ${errorText(cause)}`, cause });
  }
}

/** CouchDB compiles the text as an expression and takes no function with a name. */
function anonymous(source: unknown): string {
  return String(source).replace(/^function\s+\w+\s*\(/, 'function (');
}
