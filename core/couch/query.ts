// View queries and lists of documents: options as CouchDB spells them, rows as the store promises them.
import { isRecord } from '../contract/index.ts';
import { AppError } from '../errors/index.ts';
import { pathOf, type StoreCore } from './core.ts';
import { storeError } from './errors.ts';
import type { StoredDocument, ViewOptions, ViewRow } from './store.ts';

/** A view may have to index many new documents before it answers. */
const viewDeadline = 60_000;

interface Row {
  readonly id?: string;
  readonly key: unknown;
  readonly value: unknown;
  readonly doc?: StoredDocument | null;
  readonly error?: string;
}

/** Only lookups by a few keys are kept: lists would push out what calls need. */
export function isCacheable({ key, keys, limit }: ViewOptions): boolean {
  return key !== undefined || (keys !== undefined && keys.length <= 20) || limit === 1;
}

/** Rejects with `datastore_missing_view`, `datastore_missing` or `invalid_data` (options that make no sense). */
export async function readView(
  core: StoreCore,
  database: string,
  design: string,
  view: string,
  options: ViewOptions,
): Promise<ViewRow[]> {
  const path = `${pathOf(database, `_design/${design}`)}/_view/${encodeURIComponent(view)}`;
  return (await rows(core, database, path, options, `${design}/${view}`)).map(toRow);
}

export async function readAll(core: StoreCore, database: string, options: ViewOptions): Promise<ViewRow[]> {
  const found = await rows(core, database, `${pathOf(database)}/_all_docs`, options);
  // A key that does not exist has an error instead of an id; one that was deleted has no document.
  const existing = found.filter((row) => row.id !== undefined && !isDeleted(row));
  return existing.filter((row) => !row.id?.startsWith('_design/')).map(toRow);
}

async function rows(
  core: StoreCore,
  database: string,
  path: string,
  options: ViewOptions,
  view?: string,
): Promise<readonly Row[]> {
  const { keys } = options;
  const { status, body } = await core.cluster.json({
    method: keys ? 'POST' : 'GET',
    path,
    query: parameters(options),
    ...(keys && { body: { keys } }),
    deadline: viewDeadline,
  });
  if (status === 200 && isRecord(body) && Array.isArray(body['rows'])) return body['rows'] as Row[];
  const error = storeError(status, body, { database });
  if (error.code === 'not_found' && view !== undefined)
    throw new AppError('datastore_missing_view', {
      message: `${database} has no view ${view}: ensure() installs the views of its class`,
      details: { database, view },
    });
  throw error;
}

function parameters(options: ViewOptions): Record<string, unknown> {
  return {
    key: json(options.key),
    startkey: json(options.startKey),
    endkey: json(options.endKey),
    startkey_docid: options.startDocId,
    descending: options.descending,
    limit: options.limit,
    skip: options.skip,
    include_docs: options.includeDocs,
    inclusive_end: options.inclusiveEnd,
    reduce: options.reduce,
    group: options.group,
    group_level: options.groupLevel,
  };
}

// Keys are always JSON, also when they are strings.
const json = (value: unknown): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value);

const isDeleted = ({ value }: Row): boolean => isRecord(value) && value['deleted'] === true;

function toRow({ id, key, value, doc }: Row): ViewRow {
  return { id: id ?? '', key, value, ...(doc && { doc }) };
}
