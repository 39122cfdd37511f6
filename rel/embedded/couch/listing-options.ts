// The query of a listing (`_all_docs`, views): read from the URL or a JSON body, and checked as CouchDB checks it.
import { badRequest, queryParseError } from './errors.ts';
import { type Exchange, isObject, parseJson, readObject, toBoolean, toCount } from './exchange.ts';

export interface ListingOptions {
  keys?: unknown[];
  startKey?: unknown;
  endKey?: unknown;
  startId?: string;
  endId?: string;
  limit: number;
  skip: number;
  descending: boolean;
  inclusiveEnd: boolean;
  includeDocs: boolean;
  conflicts: boolean;
  attachments: boolean;
  updateSeq: boolean;
  update: 'true' | 'false' | 'lazy';
  reduce?: boolean;
  /** How many elements of an array key make a group; undefined when no grouping was asked for. */
  groupLevel?: number;
}

const defaults = (): ListingOptions => ({
  limit: Number.POSITIVE_INFINITY,
  skip: 0,
  descending: false,
  inclusiveEnd: true,
  includeDocs: false,
  conflicts: false,
  attachments: false,
  updateSeq: false,
  update: 'true',
});

type Setter = (options: ListingOptions, value: unknown) => void;
const flag =
  (
    member:
      | 'descending'
      | 'inclusiveEnd'
      | 'includeDocs'
      | 'conflicts'
      | 'attachments'
      | 'updateSeq'
      | 'reduce',
  ): Setter =>
  (options, value) => {
    options[member] = toBoolean(value);
  };
const count =
  (member: 'limit' | 'skip' | 'groupLevel'): Setter =>
  (options, value) => {
    options[member] = toCount(value);
  };
const startKey: Setter = (options, value) => {
  options.startKey = value;
};
const endKey: Setter = (options, value) => {
  options.endKey = value;
};
const startId: Setter = (options, value) => {
  options.startId = String(value);
};
const endId: Setter = (options, value) => {
  options.endId = String(value);
};

const SETTERS: Record<string, Setter> = {
  key: (options, value) => {
    options.startKey = value;
    options.endKey = value;
  },
  keys: (options, value) => {
    if (!Array.isArray(value)) throw queryParseError('`keys` must be an array of strings.');
    options.keys = value;
  },
  startkey: startKey,
  start_key: startKey,
  endkey: endKey,
  end_key: endKey,
  startkey_docid: startId,
  start_key_doc_id: startId,
  endkey_docid: endId,
  end_key_doc_id: endId,
  limit: count('limit'),
  skip: count('skip'),
  group_level: count('groupLevel'),
  descending: flag('descending'),
  inclusive_end: flag('inclusiveEnd'),
  include_docs: flag('includeDocs'),
  conflicts: flag('conflicts'),
  attachments: flag('attachments'),
  update_seq: flag('updateSeq'),
  reduce: flag('reduce'),
  group: (options, value) => {
    if (toBoolean(value)) options.groupLevel = Number.POSITIVE_INFINITY;
    else delete options.groupLevel;
  },
  update: (options, value) => {
    const update = String(value);
    if (update !== 'true' && update !== 'false' && update !== 'lazy')
      throw queryParseError('Invalid value for `update`.');
    options.update = update;
  },
  stale: (options, value) => {
    if (value !== 'ok' && value !== 'update_after') throw queryParseError('Invalid value for `stale`.');
    options.update = value === 'ok' ? 'false' : 'lazy';
  },
};

/** In a URL these are JSON; everything else is plain text. */
const JSON_VALUES = new Set(['key', 'keys', 'startkey', 'start_key', 'endkey', 'end_key']);

/** Applies one member of a query object, as in a POST body or `queries`. */
export function readQuery(query: Record<string, unknown>, options = defaults()): ListingOptions {
  for (const [name, value] of Object.entries(query)) {
    if (Object.hasOwn(SETTERS, name)) SETTERS[name]?.(options, value);
  }
  return options;
}

/** The options of a GET, or of a POST whose body adds to the URL. */
export async function readListingOptions(x: Exchange): Promise<ListingOptions> {
  const options = defaults();
  for (const [name, text] of x.query) {
    if (Object.hasOwn(SETTERS, name))
      SETTERS[name]?.(options, JSON_VALUES.has(name) ? parseJson(text) : text);
  }
  if (x.method !== 'POST') return options;
  const body = await readObject(x);
  if ('keys' in body && !Array.isArray(body['keys']))
    throw badRequest('`keys` body member must be an array.');
  return readQuery(body, options);
}

/** The body of `…/queries`: a list of query objects. */
export async function readQueries(x: Exchange): Promise<ListingOptions[]> {
  const { queries } = await readObject(x);
  if (!Array.isArray(queries)) throw badRequest('`queries` member must be an array.');
  return queries.map((query) => {
    if (!isObject(query)) throw badRequest('`queries` member must be an array of objects.');
    return readQuery(query);
  });
}
