// Runs the JavaScript of design documents in a context of its own, with a deadline.
import { createContext, Script } from 'node:vm';
import { CouchError } from './errors.ts';

const BATCH_MS = 5000;
const SINGLE_MS = 500;

/** Defined inside the context, so that nothing of this process is reachable from a design document. */
const PRELUDE = `'use strict';
var emitted = [];
var emit = (key, value) => { emitted.push([key === undefined ? null : key, value === undefined ? null : value]); };
var sum = (values) => values.reduce((total, value) => total + value, 0);
var isArray = Array.isArray, toJSON = JSON.stringify, log = () => {};
var compiled = new Map();
function lookUp(source) {
  let found = compiled.get(source);
  if (!found) {
    if (compiled.size > 2000) compiled.clear();
    found = (0, eval)('(' + source.trim().replace(/;+\\s*$/, '') + '\\n)');
    compiled.set(source, found);
  }
  return found;
}
function rows(map, doc) {
  emitted = [];
  try { map(doc); } catch { return []; }
  return emitted;
}
function attempt(source, args) {
  try { return lookUp(source)(...args); } catch (error) { return { __failed: String(error) }; }
}`;

const context = createContext({ input: '' }, { codeGeneration: { strings: true, wasm: false } });
new Script(PRELUDE).runInContext(context);

const mapBatch = new Script(`(() => {
  const { docs, maps } = JSON.parse(input);
  const functions = maps.map(lookUp);
  return JSON.stringify(docs.map((doc) => functions.map((map) => rows(map, doc))));
})()`);
const call = new Script(`(() => {
  const { source, args } = JSON.parse(input);
  const result = attempt(source, args);
  return JSON.stringify(result === undefined ? null : result);
})()`);

function run(script: Script, input: unknown, timeout: number): unknown {
  context['input'] = JSON.stringify(input);
  return JSON.parse(script.runInContext(context, { timeout }) as string);
}

/** What a map function emitted for one document. */
export type Emitted = [key: unknown, value: unknown][];

/**
 * Runs every map function over every document: `result[document][map]` is what it emitted.
 * A map that throws, or does not end in time, has emitted nothing for that document.
 */
export function mapDocuments(maps: readonly string[], docs: readonly object[]): Emitted[][] {
  try {
    return run(mapBatch, { maps, docs }, BATCH_MS) as Emitted[][];
  } catch {
    // One document or one map is to blame: find it by running each alone.
    return docs.map((doc) => maps.map((map) => mapAlone(map, doc)));
  }
}

function mapAlone(map: string, doc: object): Emitted {
  try {
    return (run(mapBatch, { maps: [map], docs: [doc] }, SINGLE_MS) as Emitted[][])[0]?.[0] ?? [];
  } catch {
    return [];
  }
}

/** Calls a reduce or filter function. Throws CouchDB's 500 when it throws or does not end in time. */
export function callFunction(source: string, args: readonly unknown[]): unknown {
  let result: unknown;
  try {
    result = run(call, { source, args }, BATCH_MS);
  } catch (error) {
    throw new CouchError(500, 'os_process_error', error instanceof Error ? error.message : String(error));
  }
  const failed = (result as { __failed?: string } | null)?.__failed;
  if (failed !== undefined) throw new CouchError(500, 'os_process_error', failed);
  return result;
}

/** Throws CouchDB's 400 when the text of a view function is not JavaScript. */
export function checkFunction(source: string, name: string): void {
  try {
    new Script(`(${source.trim().replace(/;+\s*$/, '')}\n)`);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const reason = `Compilation of the map function in the '${name}' view failed: ${text} (${source})`;
    throw new CouchError(400, 'compilation_error', reason);
  }
}
