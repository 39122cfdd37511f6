// Documents between store and client: what is public, what is kept, how a change is merged.
import { type AnyDocument, type DocumentOf, isRecord } from '../../../core/contract/index.ts';
import {
  accountDatabase,
  type Database,
  encodedName,
  type StoredDocument,
} from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import type { RestRequest } from './request.ts';

type Json = Record<string, unknown>;

const isPrivate = (key: string): boolean => key.startsWith('_') || key.startsWith('pvt_');

/** What a client may see of a document: no private keys, `_id` as `id`. */
export function publicPart(document: { readonly _id?: unknown }): Json {
  const { id: _, ...shown } = withoutPrivate(document);
  return { id: document._id, ...shown };
}

/** What a client may set: private keys and the id are dropped. */
export function settablePart(data: object): Json {
  const { id: _, ...settable } = withoutPrivate(data);
  return settable;
}

/** The keys that a client neither sees nor sets. */
export function privatePart(document: object): Json {
  return Object.fromEntries(Object.entries(document).filter(([key]) => isPrivate(key)));
}

function withoutPrivate(document: object): Json {
  const shown: Json = {};
  // A loop, because this is done for every document that is shown. `__proto__` is private too.
  for (const key of Object.keys(document)) if (!isPrivate(key)) shown[key] = (document as Json)[key];
  return shown;
}

/** `change` laid over `base`: objects are merged, `null` removes a key, everything else replaces (PATCH). */
export function merged(base: Json, change: Json): Json {
  const kept = Object.entries(base).filter(([key]) => !Object.hasOwn(change, key));
  const changed = Object.entries(change).filter(([, value]) => value !== null);
  const entries = changed.map(([key, value]) => {
    const before = Object.hasOwn(base, key) ? base[key] : undefined;
    return [key, isRecord(value) ? merged(isRecord(before) ? before : {}, value) : value] as const;
  });
  return Object.fromEntries([...kept, ...entries]);
}

/** A document of the declared type; whatever else stands under that id is as good as missing. */
export async function load<D extends AnyDocument>(
  database: Database,
  contract: D,
  id: string,
  options: { readonly fresh?: boolean } = {},
): Promise<DocumentOf<D>> {
  if (!isReadable(id)) throw missing(id);
  const held = options.fresh ? undefined : database.held(id);
  const document = typed(contract, held ? held.value : await database.find(id, options));
  if (!document) throw missing(id);
  return document;
}

/** The document as one of the declared type, when it is one. */
export function typed<D extends AnyDocument>(
  contract: D,
  document: StoredDocument | undefined,
): DocumentOf<D> | undefined {
  return document?.pvt_type === contract.type ? (document as DocumentOf<D>) : undefined;
}

/** A document that was just written as one of the declared type. */
export function storedAs<D extends AnyDocument>(contract: D, document: StoredDocument): DocumentOf<D> {
  return typed(contract, document) ?? fail(contract.type, document._id);
}

/** Writes the same document into another database, over what stands there under its id. */
export async function writeCopy(
  database: Database,
  document: object & { readonly _id: string },
): Promise<void> {
  const before = await database.find(document._id, { fresh: true });
  const { _rev, _attachments, ...copy } = document as StoredDocument;
  await database.save({ ...copy, ...(before?._rev && { _rev: before._rev }) });
}

/** Removes such a copy; really, because it has no history of its own and may come back. */
export async function removeCopy(database: Database, id: string): Promise<void> {
  if (await database.find(id, { fresh: true })) await database.remove(id, { hard: true });
}

function fail(type: string, id: string): never {
  throw new AppError('unspecified_fault', { message: `${id} was written and is no ${type}` });
}

export function missing(id: string): AppError {
  return new AppError('bad_identifier', { details: { cause: id } });
}

/** CouchDB keeps ids with a leading `_` for itself. */
function isReadable(id: string): boolean {
  return id !== '' && id.length <= 256 && !id.startsWith('_');
}

/** Rejects a write whose `If-Match` is not the revision that stands. */
export function checkRevision(request: RestRequest, document: { readonly _rev?: string }): void {
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && wanted !== '*' && !tags(wanted).includes(document._rev ?? ''))
    throw new AppError('precondition_failed', { details: { revision: document._rev } });
}

/** The tags of an If-Match or If-None-Match header, without quotes. */
export function tags(header: string): string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^(?:W\/)?"(.*)"$/, '$1'));
}

/** Who wrote a document last, and with which request (contract/couch.md §2). */
export function auditFields({ id, auth }: RestRequest): Json {
  return {
    pvt_request_id: id,
    pvt_is_authenticated: auth !== undefined,
    ...(auth && { pvt_auth_account_id: auth.account._id }),
    ...(auth?.user && { pvt_auth_user_id: auth.user._id }),
  };
}

/** Whose a document is that stands among those of other accounts. */
export function accountFields(id: string): Json {
  return { pvt_account_id: id, pvt_account_db: encodedName(accountDatabase(id)) };
}

/** Lower case letters and digits of a name: what it is searched and sorted by. */
export function alphanumericName(name: unknown): Json {
  return typeof name === 'string' ? { pvt_alphanum_name: name.toLowerCase().replace(/[^a-z0-9]/g, '') } : {};
}
