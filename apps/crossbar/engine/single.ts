// single(): the endpoint of a document that an account (or a user, or the system) has one of, under an id that is known.
import {
  type AnyDocument,
  type DocumentOf,
  isRecord,
  type Permission,
  type ResourceHooks,
  type Verb,
} from '../../../core/contract/index.ts';
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import { deleted } from './acts.ts';
import {
  auditFields,
  checkRevision,
  load,
  merged,
  privatePart,
  publicPart,
  settablePart,
  storedAs,
  typed,
} from './documents.ts';
import { accountEndpoint, type DataReply, type Endpoint, type Operation, operation } from './endpoint.ts';
import { onNewest } from './exclusive.ts';
import { dataObject, type RestRequest, targetDatabase } from './request.ts';

/** Where the document of a request stands. */
export interface Place {
  readonly database: Database;
  readonly id: string;
  /** Private fields that say whose it is, where the database is not the account's. */
  readonly owner?: Readonly<Record<string, unknown>>;
}

/** A document that there is one of. */
export interface SingleDocument<D extends AnyDocument> extends ResourceHooks<D, RestRequest> {
  /** The path below the account; with a slash before it the whole path. */
  readonly path: string;
  readonly document: D;
  /** Its id in the database of the account, or where else it stands. */
  readonly id: string | ((request: RestRequest) => Promise<Place>);
  readonly verbs: Readonly<Partial<Record<Verb, Permission>>>;
  /** While there is none, reading gives one with nothing but defaults; else it is missing. */
  readonly always?: boolean;
}

type Json = Record<string, unknown>;

/** Its endpoint. PUT and POST replace the public part, PATCH merges into it, DELETE really removes it. */
export function single<D extends AnyDocument>(contract: SingleDocument<D>): Endpoint {
  const { document, path, verbs } = contract;
  const { schema, summary } = document;
  const whole = { body: schema, reply: schema };
  const replace = (request: RestRequest) => changeSingle(contract, request, (_, data) => data);
  const all: Record<Verb, [string, Operation['run'], object]> = {
    GET: [summary, (request) => readSingle(contract, request), { reply: schema }],
    PUT: [`Sets: ${summary}`, replace, whole],
    POST: [`Replaces: ${summary}`, replace, whole],
    PATCH: [`Merges into it: ${summary}`, (request) => changeSingle(contract, request, merged), whole],
    DELETE: [`Removes: ${summary}`, (request) => remove(contract, request), { reply: schema }],
  };
  const operations = Object.fromEntries(
    (Object.entries(verbs) as [Verb, Permission][]).map(([verb, permission]) => {
      const [said, run, more] = all[verb];
      return [verb, operation(permission, said, run, more)];
    }),
  );
  return path.startsWith('/') ? { path, operations } : accountEndpoint(path, operations);
}

async function placeOf<D extends AnyDocument>(
  { id }: SingleDocument<D>,
  request: RestRequest,
): Promise<Place> {
  return typeof id === 'string' ? { database: targetDatabase(request), id } : id(request);
}

/** What stands there, as clients see it. Rejects with `bad_identifier` when there is none that must be. */
export async function readSingle<D extends AnyDocument>(
  contract: SingleDocument<D>,
  request: RestRequest,
): Promise<DataReply> {
  const { document, always } = contract;
  const { database, id } = await placeOf(contract, request);
  const found = always ? typed(document, await database.find(id)) : await load(database, document, id);
  return shown(contract, request, found ?? ({ ...document.accept({}), _id: id } as DocumentOf<D>));
}

/**
 * Stores what `apply` makes of what a client may set and of what it sent, and shows it. Rejects with `invalid_data`,
 * `precondition_failed`, and with whatever `apply` throws.
 */
export async function changeSingle<D extends AnyDocument>(
  contract: SingleDocument<D>,
  request: RestRequest,
  apply: (before: Json, data: Json) => Json,
): Promise<DataReply> {
  const { document } = contract;
  const { database, id, owner } = await placeOf(contract, request);
  const data = settablePart(dataObject(request));
  const stored = await onNewest(request, `${database.name} ${id}`, async () => {
    const previous = typed(document, await database.find(id, { fresh: true }));
    if (previous) checkRevision(request, previous);
    const next = document.accept(apply(previous ? settablePart(previous) : {}, data));
    await contract.validate?.(
      request,
      next as Parameters<NonNullable<typeof contract.validate>>[1],
      previous,
    );
    const ready = {
      ...next,
      ...(previous ? privatePart(previous) : {}),
      ...auditFields(request),
      ...owner,
      _id: id,
      pvt_type: document.type,
    } as DocumentOf<D>;
    await contract.beforeSave?.(request, ready, previous);
    const saved = storedAs(document, await database.save(ready as StoredDocument));
    await contract.afterSave?.(request, saved as DocumentOf<D>, previous);
    return saved as DocumentOf<D>;
  });
  return shown(contract, request, stored);
}

async function remove<D extends AnyDocument>(
  contract: SingleDocument<D>,
  request: RestRequest,
): Promise<DataReply> {
  const { document } = contract;
  const { database, id } = await placeOf(contract, request);
  const before = await load(database, document, id, { fresh: true });
  checkRevision(request, before);
  await database.remove(id, { hard: true });
  await contract.afterDelete?.(request, before);
  return { data: deleted(publicPart(before)), revision: before._rev };
}

async function shown<D extends AnyDocument>(
  { present }: SingleDocument<D>,
  request: RestRequest,
  document: DocumentOf<D>,
): Promise<DataReply> {
  const data = publicPart(document);
  const reply = present ? await present(request, data, document) : data;
  return { data: isRecord(reply) ? reply : data, revision: document._rev };
}
