// Runs view functions in node:vm the way CouchDB's query server does: own globals, sealed documents, built-in reduces.
import { createContext, Script } from 'node:vm';
import type { ViewSource } from './load.ts';

/** What a map function emitted for one document. */
export interface Emitted {
  readonly key: unknown;
  readonly value: unknown;
}

/** A compiled view. `reduce` is absent when the view has none; `rereduce` combines reduced values. */
export interface RunnableView {
  map(document: object): Emitted[];
  reduce?(keys: readonly (readonly [unknown, string])[], values: readonly unknown[]): unknown;
  rereduce?(values: readonly unknown[]): unknown;
}

// The document is parsed inside the context, so that its arrays and objects are of that context, and frozen as CouchDB seals it.
const frame = (map: string, reduce: string | undefined) => `(function () {
  var rows = [];
  var log = function () {};
  var isArray = Array.isArray;
  var toJSON = JSON.stringify;
  var sum = function (values) { return values.reduce(function (a, b) { return a + b; }, 0); };
  var emit = function (key, value) {
    rows.push({ key: key === undefined ? null : key, value: value === undefined ? null : value });
  };
  var seal = function (value) {
    if (value && typeof value === 'object') { Object.keys(value).forEach(function (k) { seal(value[k]); }); Object.freeze(value); }
    return value;
  };
  var map = (${map});
  var reduce = ${reduce ? `(${reduce})` : 'null'};
  return {
    map: function (json) { rows = []; map(seal(JSON.parse(json))); return JSON.stringify(rows); },
    reduce: function (json) {
      var args = JSON.parse(json);
      var result = reduce(args[0], args[1], args[2]);
      return JSON.stringify(result === undefined ? null : result);
    }
  };
})()`;

// One for all views, which keep nothing in it: making one takes a millisecond.
const context = createContext({});
const known = new WeakMap<ViewSource, RunnableView>();

/** Compiles a view, once per process. A map that throws emits nothing for that document, as in CouchDB. */
export function runnable(view: ViewSource): RunnableView {
  const made = known.get(view) ?? compiled(view);
  known.set(view, made);
  return made;
}

function compiled(view: ViewSource): RunnableView {
  const custom = view.reduce?.startsWith('_') ? undefined : view.reduce;
  const inside = new Script(frame(view.map, custom)).runInContext(context) as {
    map(json: string): string;
    reduce(json: string): string;
  };
  const map = (document: object): Emitted[] => {
    try {
      return JSON.parse(inside.map(JSON.stringify(document))) as Emitted[];
    } catch {
      return [];
    }
  };
  if (!view.reduce) return { map };
  if (!custom) return { map, ...builtIn(view.reduce) };
  const call = (keys: unknown, values: unknown, again: boolean): unknown =>
    JSON.parse(inside.reduce(JSON.stringify([keys, values, again])));
  return {
    map,
    reduce: (keys, values) => call(keys, values, false),
    rereduce: (values) => call(null, values, true),
  };
}

function builtIn(name: string): Required<Pick<RunnableView, 'reduce' | 'rereduce'>> {
  const sum = (values: readonly unknown[]) => values.reduce<unknown>(add, 0);
  switch (name) {
    case '_count':
      return { reduce: (_keys, values) => values.length, rereduce: sum };
    case '_sum':
      return { reduce: (_keys, values) => sum(values), rereduce: sum };
    case '_stats':
      return { reduce: (_keys, values) => stats(values as number[]), rereduce: mergeStats };
    default:
      throw new Error(`unknown built-in reduce ${name}`);
  }
}

/** `_sum` adds numbers, and arrays of numbers place by place. */
function add(total: unknown, value: unknown): unknown {
  if (typeof total === 'number' && typeof value === 'number') return total + value;
  const [a, b] = [total, value].map((side) => (Array.isArray(side) ? side : [side])) as [
    unknown[],
    unknown[],
  ];
  return Array.from(
    { length: Math.max(a.length, b.length) },
    (_, at) => Number(a[at] ?? 0) + Number(b[at] ?? 0),
  );
}

interface Stats {
  sum: number;
  count: number;
  min: number;
  max: number;
  sumsqr: number;
}

function stats(values: readonly number[]): Stats {
  return {
    sum: values.reduce((a, b) => a + b, 0),
    count: values.length,
    min: Math.min(...values),
    max: Math.max(...values),
    sumsqr: values.reduce((a, b) => a + b * b, 0),
  };
}

function mergeStats(values: readonly unknown[]): Stats {
  const parts = values as readonly Stats[];
  const total = (field: 'sum' | 'count' | 'sumsqr') => parts.reduce((a, part) => a + part[field], 0);
  return {
    sum: total('sum'),
    count: total('count'),
    min: Math.min(...parts.map((part) => part.min)),
    max: Math.max(...parts.map((part) => part.max)),
    sumsqr: total('sumsqr'),
  };
}
