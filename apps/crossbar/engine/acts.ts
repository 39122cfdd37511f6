// What the verbs of a plain resource do: find, create, change, remove.
import {
  type AnyDocument,
  type DocumentOf,
  isRecord,
  type ResourceContract,
} from '../../../core/contract/index.ts';
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import {
  accountFields,
  alphanumericName,
  auditFields,
  checkRevision,
  load,
  missing,
  privatePart,
  publicPart,
  settablePart,
  typed,
} from './documents.ts';
import type { DataReply, PlainResource } from './endpoint.ts';
import { exclusive, onNewest } from './exclusive.ts';
import type { Range } from './paging.ts';
import { dataObject, invalid, pathParameter, type RestRequest, targetAccount } from './request.ts';
import { checkUnique } from './unique.ts';

type Json = Record<string, unknown>;

/** Name of the path parameter that holds a document's id. */
export const idParameter = 'id';

/** The id of the document in the path. No id has a slash, but those of prompts have an encoded one. */
export function documentId(request: RestRequest): string {
  return pathParameter(request, idParameter).replaceAll('/', '%2F');
}

export async function read(
  contract: PlainResource,
  request: RestRequest,
  database: Database,
): Promise<DataReply> {
  return shown(contract, request, await find(contract, request, database));
}

/** The document in the path; one that belongs elsewhere is as good as missing. */
function find(
  { document: contract, within, shared }: PlainResource,
  request: RestRequest,
  database: Database,
  options?: { readonly fresh?: boolean },
): Promise<DocumentOf<AnyDocument>> {
  const id = documentId(request);
  const document = load(database, contract, id, options);
  if (!within && !shared) return document;
  return document.then((found) => {
    const isWithin = !within || found[within.field] === pathParameter(request, within.parameter);
    if (!isWithin || (shared && found.pvt_account_id !== targetAccount(request)._id)) throw missing(id);
    return found;
  });
}

/** Which part of the listing belongs to the document in the path. Rejects with `bad_identifier` when there is none. */
export async function part(
  { within, shared }: PlainResource,
  request: RestRequest,
  database: Database,
): Promise<Range> {
  if (shared) return { prefix: [targetAccount(request)._id] };
  if (!within) return {};
  const { _id: key } = await load(database, within.document, pathParameter(request, within.parameter));
  return { key };
}

/** The field that says where a document belongs. */
const belonging = ({ within }: PlainResource, request: RestRequest): Json =>
  within ? { [within.field]: pathParameter(request, within.parameter) } : {};

/** Stores a new document under the id the client chose, or a random one. */
export async function create(
  contract: PlainResource,
  request: RestRequest,
  database: Database,
): Promise<DataReply> {
  const data = dataObject(request);
  const id = await chosenId(contract, request, database, data[contract.named?.field ?? 'id']);
  await part(contract, request, database);
  const given = { ...settablePart(data), ...belonging(contract, request) };
  const stored = await exclusive(lockOf(contract, database), () =>
    store(contract, request, database, given, undefined, id),
  );
  return { ...(await shown(contract, request, stored)), location: stored._id };
}

/** The id that the client chose. One that another account has, where all accounts meet, is as good as none. */
async function chosenId(
  { shared, named }: PlainResource,
  request: RestRequest,
  database: Database,
  id: unknown,
): Promise<string | undefined> {
  if (named) return nameIn(named, id);
  if (id === undefined) return undefined;
  if (typeof id !== 'string' || !/^[0-9a-f]{32}$/.test(id))
    throw invalid('id', 'pattern', 'must be 32 hexadecimal digits', { value: id });
  const owner = shared && (await database.find(id))?.pvt_account_id;
  return owner && owner !== targetAccount(request)._id ? undefined : id;
}

/** The name of a document whose id is one. It may be taken: then storing it is a conflict. */
function nameIn({ field, pattern }: NonNullable<PlainResource['named']>, name: unknown): string {
  if (name === undefined) throw invalid(field, 'required', 'is required');
  if (typeof name === 'string' && new RegExp(pattern).test(name)) return name;
  throw invalid(field, 'pattern', `must match ${pattern}`, { target: pattern, value: name });
}

/** Replaces or merges the public part; the private one stays. */
export async function change(
  contract: PlainResource,
  request: RestRequest,
  database: Database,
  apply: (before: Json, data: Json) => Json,
): Promise<DataReply> {
  const data = settablePart(dataObject(request));
  const stored = await onNewest(request, lockOf(contract, database), async () => {
    const previous = await find(contract, request, database, { fresh: true });
    checkRevision(request, previous);
    const next = { ...apply(settablePart(previous), data), ...belonging(contract, request) };
    return store(contract, request, database, next, previous);
  });
  return shown(contract, request, stored);
}

/** What is unique is looked up and written by one request at a time. */
const lockOf = (contract: PlainResource, database: Database): string =>
  `${database.name} ${contract.document.type}`;

/** Checks and writes; whoever calls it holds the lock. */
async function store<D extends AnyDocument>(
  contract: ResourceContract<D, RestRequest>,
  request: RestRequest,
  database: Database,
  given: Json,
  previous: DocumentOf<D> | undefined,
  id?: string,
): Promise<DocumentOf<D>> {
  const type: string = contract.document.type;
  const next = contract.document.accept(given) as Parameters<NonNullable<typeof contract.validate>>[1];
  await contract.validate?.(request, next, previous);
  await checkUnique(database, contract.unique ?? [], next, previous?._id);
  const document = {
    ...next,
    ...(previous ? privatePart(previous) : {}),
    ...alphanumericName(next['name']),
    ...auditFields(request),
    pvt_type: type,
    ...(contract.shared && accountFields(targetAccount(request)._id)),
    ...(previous || id === undefined ? {} : { _id: id }),
  } as DocumentOf<D>;
  await contract.beforeSave?.(request, document, previous);
  const stored = (await database.save(document as StoredDocument)) as DocumentOf<D>;
  // Another crossbar may have looked and written at the same moment: then both see it now, and neither keeps it.
  await checkUnique(database, contract.unique ?? [], next, stored._id).catch(async (error: unknown) => {
    await undo(database, stored as StoredDocument, previous as StoredDocument | undefined);
    throw error;
  });
  await contract.afterSave?.(request, stored, previous);
  return stored;
}

/** Takes a write back; whoever wrote again meanwhile is not disturbed. */
async function undo(
  database: Database,
  { _id, _rev }: StoredDocument,
  previous: StoredDocument | undefined,
): Promise<void> {
  const current = await database.find(_id, { fresh: true });
  if (current?._rev !== _rev) return;
  if (previous) await database.save({ ...previous, ...(_rev === undefined ? {} : { _rev }) });
  else await database.remove(_id, { hard: true });
}

/** Soft unless `should_soft_delete=false` or its id is a name: the document stays, and nothing finds it any more. */
export async function remove(
  contract: PlainResource,
  request: RestRequest,
  database: Database,
): Promise<DataReply> {
  const document = await find(contract, request, database, { fresh: true });
  checkRevision(request, document);
  await removeOne(contract, request, database, document);
  return { data: deleted(publicPart(document)), revision: document._rev };
}

async function removeOne(
  contract: PlainResource,
  request: RestRequest,
  database: Database,
  document: DocumentOf<AnyDocument>,
): Promise<void> {
  await contract.beforeDelete?.(request, document);
  // A name must be free again for another document.
  const hard = contract.named !== undefined || request.query['should_soft_delete'] === 'false';
  if (hard) await database.remove(document._id, { hard });
  else await database.save({ ...document, ...auditFields(request), pvt_deleted: true } as StoredDocument);
  await contract.afterDelete?.(request, document);
}

/** All that belong to the document in the path. */
export async function removeAll(
  contract: PlainResource,
  request: RestRequest,
  database: Database,
): Promise<DataReply> {
  const { key } = await part(contract, request, database);
  const { design, view } = contract.listing;
  const rows = await database.view(design, view, { key, reduce: false, includeDocs: true, fresh: true });
  const documents = rows.flatMap(({ doc }) => typed(contract.document, doc) ?? []);
  for (const document of documents) await removeOne(contract, request, database, document);
  return { data: documents.map(({ _id }) => ({ id: _id, _read_only: { deleted: true } })) };
}

/** The public part of a document that is gone. */
export function deleted(shown: Json): Json {
  const readOnly = isRecord(shown['_read_only']) ? shown['_read_only'] : {};
  return { ...shown, _read_only: { ...readOnly, deleted: true } };
}

function shown<D extends AnyDocument>(
  contract: ResourceContract<D, RestRequest>,
  request: RestRequest,
  document: DocumentOf<D>,
): DataReply | Promise<DataReply> {
  const data = presented(contract, request, document);
  const revision = document._rev;
  return data instanceof Promise ? data.then((more) => ({ data: more, revision })) : { data, revision };
}

/** A document as it is shown to who reads it. */
export function presented<D extends AnyDocument>(
  { present }: ResourceContract<D, RestRequest>,
  request: RestRequest,
  document: DocumentOf<D>,
): Json | Promise<Json> {
  const data = publicPart(document);
  return present ? present(request, data, document) : data;
}
