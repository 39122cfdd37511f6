// How a client wants an answer written: JSON or a file, in chunks, pretty, as a script, only some keys (contract/crossbar.md §1).
import type { IncomingHttpHeaders } from 'node:http';
import { getAt, isRecord, putAt } from '../../../core/contract/index.ts';
import { invalid, type RestRequest } from './request.ts';

export type Format = 'json' | 'csv' | 'pdf';

export interface Wishes {
  readonly format: Format;
  /** Name of a file, without its ending, when the client gave one. */
  readonly fileName: string | undefined;
  /** Lists in chunks with text behind them. */
  readonly isChunked: boolean;
  /** Rows in a chunk. */
  readonly chunkSize: number;
  readonly isPretty: boolean;
  /** Name of the function that gets the answer. */
  readonly callback: string | undefined;
  /** Only these dotted paths of a document, or of each row of a list. */
  readonly fields: readonly string[] | undefined;
}

/** Most rows of one chunk. */
const chunkRows = 50;
const types: Readonly<Record<string, Format>> = { 'text/csv': 'csv', 'application/pdf': 'pdf' };
const plainWishes: Wishes = {
  format: 'json',
  fileName: undefined,
  isChunked: false,
  chunkSize: chunkRows,
  isPretty: false,
  callback: undefined,
  fields: undefined,
};

/** Parameters are looked for in `places`, the first first. Throws `invalid_data` for a `jsonp` that is no name. */
export function wishesOf(places: readonly unknown[], headers: IncomingHttpHeaders): Wishes {
  const given = places.filter((place) => isRecord(place) && hasKeys(place)) as Record<string, unknown>[];
  const find = (name: string): string | undefined => {
    const place = given.find((it) => Object.hasOwn(it, name));
    return place && asText(place[name]);
  };
  if (given.length === 0 && isPlain(headers)) return plainWishes;
  const asked = Number(find('chunk_size'));
  const accepted = (headers.accept ?? '').split(/[,;]/, 1)[0]?.trim().toLowerCase() ?? '';
  const accept = find('accept');
  const name = find('file_name') ?? headers['x-file-name'];
  return {
    format: accept === 'csv' || accept === 'pdf' ? accept : (types[accept ?? accepted] ?? 'json'),
    fileName: typeof name === 'string' && name !== '' ? name : undefined,
    isChunked: find('is_chunked') === 'true',
    chunkSize: asked >= 1 && asked < chunkRows ? Math.floor(asked) : chunkRows,
    isPretty: find('pretty_print') === 'true' || headers['x-pretty-print'] === 'true',
    callback: callbackOf(find('jsonp')),
    fields: fieldsOf(find('fields')),
  };
}

/** Whether a list is wanted as JSON or as a file: for what is no list where it is JSON. */
export function formatOf({ data, query, envelope, headers }: RestRequest): Format {
  return wishesOf([data, query, envelope], headers).format;
}

function hasKeys(place: object): boolean {
  for (const key in place) if (Object.hasOwn(place, key)) return true;
  return false;
}

function isPlain(headers: IncomingHttpHeaders): boolean {
  const { accept = '' } = headers;
  return (
    headers['x-pretty-print'] === undefined &&
    (accept === '' || accept.startsWith('*/*') || accept.startsWith('application/json'))
  );
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Names and properties of functions: whatever else would be a script of the client's own choice. */
function callbackOf(name: string | undefined): string | undefined {
  if (name === undefined || /^[A-Za-z_$][\w$.]{0,127}$/.test(name)) return name;
  throw invalid('jsonp', 'pattern', 'must be the name of a function', { value: name });
}

/** `a,b.c` or a JSON list of the same. */
function fieldsOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined || text === '') return undefined;
  if (!text.startsWith('[')) return text.split(',').map((path) => path.trim());
  try {
    return (JSON.parse(text) as unknown[]).map(String);
  } catch {
    throw invalid('fields', 'type', 'must be names between commas, or a JSON list', { value: text });
  }
}

/** A document with nothing but the wished fields; what is no document stays as it is. */
export function onlyFields(value: unknown, fields: readonly string[] | undefined): unknown {
  if (fields === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => onlyFields(item, fields));
  if (!isRecord(value)) return value;
  const kept = {};
  for (const path of fields) {
    const found = getAt(value, path);
    if (found !== undefined) putAt(kept, path, found);
  }
  return kept;
}
