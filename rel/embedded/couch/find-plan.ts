// Reads a `_find` request and chooses the index and the stretch of it that can hold the answer.
import { encodeKey } from './collation.ts';
import { CouchError } from './errors.ts';
import { isObject } from './exchange.ts';
import { parseSelector, type Selector } from './selector.ts';
import type { ViewGroup } from './view-index.ts';

export interface MangoIndex {
  readonly ddoc: string;
  readonly group: ViewGroup;
  /** Which view of the group. */
  readonly at: number;
  readonly view: { name: string; map: { fields: string[]; filter: Record<string, unknown> } };
}

export interface FindRequest {
  readonly source: Record<string, unknown>;
  readonly selector: Selector;
  readonly limit: number;
  readonly skip: number;
  readonly sort: { field: string; descending: boolean }[];
  readonly fields: string[] | undefined;
  readonly useIndex: string | undefined;
  readonly bookmark: string | undefined;
  /** Where the bookmark's page ended. */
  readonly after: string | undefined;
  readonly conflicts: boolean;
  readonly wantsStats: boolean;
}

/** Which index to walk, between which encoded keys; no index means every document. */
export interface Plan {
  readonly index: MangoIndex | undefined;
  readonly low: string;
  readonly high: string;
  readonly reverse: boolean;
}

export function readFindRequest(body: Record<string, unknown>): FindRequest {
  const { selector, bookmark, fields } = body;
  if (selector === undefined)
    throw new CouchError(400, 'missing_required_key', 'Missing required key: selector');
  const parsed = parseSelector(selector);
  if (fields !== undefined && !(Array.isArray(fields) && fields.every((field) => typeof field === 'string')))
    throw new CouchError(400, 'invalid_fields', 'Fields must be an array of strings.');
  const given = typeof bookmark === 'string' && bookmark !== 'nil' && bookmark !== '' ? bookmark : undefined;
  const use = body['use_index'];
  return {
    source: selector as Record<string, unknown>,
    selector: parsed,
    limit: readNumber(body, 'limit', 25),
    skip: readNumber(body, 'skip', 0),
    sort: readSort(body['sort']),
    fields: Array.isArray(fields) && fields.length > 0 ? (fields as string[]) : undefined,
    useIndex: typeof use === 'string' ? use : Array.isArray(use) ? String(use[0]) : undefined,
    bookmark: given,
    after: given === undefined ? undefined : Buffer.from(given, 'base64url').toString('utf8'),
    conflicts: body['conflicts'] === true,
    wantsStats: body['execution_stats'] === true,
  };
}

function readNumber(body: Record<string, unknown>, name: string, fallback: number): number {
  const value = body[name] ?? fallback;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  const reason = `${JSON.stringify(value)} is not an integer greater than or equal to zero`;
  throw new CouchError(400, 'invalid_non_neg_integer', reason);
}

function readSort(sort: unknown): { field: string; descending: boolean }[] {
  if (sort === undefined) return [];
  if (!Array.isArray(sort))
    throw new CouchError(400, 'invalid_sort_json', 'Sort must be an array of sort specs.');
  const fields = sort.map((entry: unknown) => {
    if (typeof entry === 'string') return { field: entry, descending: false };
    const [pair] = isObject(entry) ? Object.entries(entry) : [];
    if (!pair || (pair[1] !== 'asc' && pair[1] !== 'desc'))
      throw new CouchError(400, 'invalid_sort_field', `Invalid sort field: ${JSON.stringify(entry)}`);
    return { field: pair[0], descending: pair[1] === 'desc' };
  });
  if (fields.some(({ descending }) => descending !== fields[0]?.descending))
    throw new CouchError(
      400,
      'unsupported_mixed_sort',
      'Sorts currently only support a single direction for all fields.',
    );
  return fields;
}

/** What the selector demands of a field: each bound is a value, `undefined` when open. */
interface Demand {
  isEqual: boolean;
  low: unknown;
  high: unknown;
}

/** The demands that every match must meet: the selector's own members and those of its `$and`. */
function demands(selector: Record<string, unknown>, path = ''): Map<string, Demand> {
  const found = new Map<string, Demand>();
  for (const [name, argument] of Object.entries(selector)) {
    if (name === '$and' && Array.isArray(argument)) {
      for (const part of argument)
        if (isObject(part)) for (const [field, demand] of demands(part, path)) found.set(field, demand);
    }
    if (name.startsWith('$')) continue;
    const field = path + name;
    const isNested = isObject(argument) && Object.keys(argument).some((key) => !key.startsWith('$'));
    if (isNested)
      for (const [inner, demand] of demands(argument as Record<string, unknown>, `${field}.`))
        found.set(inner, demand);
    else {
      const demand = readDemand(argument);
      if (demand) found.set(field, demand);
    }
  }
  return found;
}

const BOUNDS = ['$gt', '$gte', '$lt', '$lte'];

function readDemand(argument: unknown): Demand | undefined {
  if (!isObject(argument)) return { isEqual: true, low: argument, high: argument };
  if ('$eq' in argument) return { isEqual: true, low: argument['$eq'], high: argument['$eq'] };
  if (argument['$exists'] === false || '$not' in argument || '$or' in argument) return undefined;
  if (!BOUNDS.some((operator) => operator in argument)) return undefined;
  const low = argument['$gt'] ?? argument['$gte'];
  const high = argument['$lt'] ?? argument['$lte'];
  return { isEqual: false, low: low ?? undefined, high: high ?? undefined };
}

/** Above every encoded value: their first characters are the digits 1 to 7. */
const ABOVE = '8';

/** Throws CouchDB's 400 when a sort is asked that no index gives. */
export function plan(request: FindRequest, indexes: readonly MangoIndex[]): Plan {
  const asked = demands(request.source);
  const usable = indexes
    .filter((index) => isUsable(index, request, asked))
    .sort((a, b) => score(b, request, asked) - score(a, request, asked));
  const reverse = request.sort[0]?.descending ?? false;
  const [index] = usable;
  if (index) return { index, ...stretch(index.view.map.fields, asked), reverse };
  const isById = request.sort.every(({ field }) => field === '_id');
  if (!isById) {
    const reason = 'No index exists for this sort, try indexing by the sort fields.';
    throw new CouchError(400, 'no_usable_index', reason);
  }
  return { index: undefined, low: '', high: '', reverse };
}

function isUsable({ view }: MangoIndex, { sort, source }: FindRequest, asked: Map<string, Demand>): boolean {
  const { fields, filter } = view.map;
  const isPartial = Object.keys(filter).length > 0;
  // Whether a selector implies a partial filter is hard to tell: only one that repeats it word for word does.
  if (
    isPartial &&
    !Object.entries(filter).every(([name, value]) => JSON.stringify(source[name]) === JSON.stringify(value))
  )
    return false;
  const sorted = sort.map(({ field }) => field);
  if (!fields.every((field) => asked.has(field) || sorted.includes(field))) return false;
  const open = fields.filter((field) => !asked.get(field)?.isEqual || sorted.includes(field));
  return sorted.every((field, place) => open[place] === field);
}

function score({ view, ddoc }: MangoIndex, { useIndex }: FindRequest, asked: Map<string, Demand>): number {
  const isNamed = useIndex !== undefined && [ddoc, `_design/${ddoc}`].includes(useIndex);
  return (isNamed ? 1000 : 0) + view.map.fields.filter((field) => asked.has(field)).length;
}

function stretch(fields: string[], asked: Map<string, Demand>): { low: string; high: string } {
  let prefix = '6';
  for (const field of fields) {
    const demand = asked.get(field);
    if (demand?.isEqual) {
      prefix += encodeKey(demand.low);
      continue;
    }
    const low = demand?.low === undefined ? '' : encodeKey(demand.low);
    const high = demand?.high === undefined ? '' : encodeKey(demand.high);
    return { low: prefix + low, high: prefix + high + ABOVE };
  }
  return { low: prefix, high: prefix + ABOVE };
}
