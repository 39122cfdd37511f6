// Many documents of a plain resource in one request: all of them, or none when one is wrong.

import { randomBytes } from 'node:crypto';
import { type AnyDocument, Type } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import { toAppError } from '../../../core/errors/index.ts';
import { change, create } from './acts.ts';
import { load, merged, settablePart } from './documents.ts';
import { type DataReply, type Endpoint, type Operation, operation, type PlainResource } from './endpoint.ts';
import { errorBody } from './envelope.ts';
import { invalid, type RestRequest } from './request.ts';

type Json = Record<string, unknown>;
type Act = 'create' | 'merge';

/** Most documents of one request. */
const most = 100;

const body = Type.Array(Type.Object({ id: Type.Optional(Type.String({ minLength: 1 })) }), {
  minItems: 1,
  maxItems: most,
});

/** `<path>/collection`: PUT creates, POST merges by `id`; `{success: {id: document}}`, or a 400 with `{errors: {id: why}}`. */
export function collectionEndpoint(
  contract: PlainResource,
  path: string,
  permission: Operation['permission'],
  databaseOf: (request: RestRequest) => Database,
): Endpoint {
  const reply = Type.Object({
    success: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    errors: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  });
  const bind = (summary: string, act: Act): Operation =>
    operation(
      permission,
      summary,
      (request) => all(contract, request, databaseOf(request), request.data as readonly Json[], act),
      { accepts: body, reply },
    );
  return {
    path: `${path}/collection`,
    operations: {
      PUT: bind(`Creates many: ${contract.summary}`, 'create'),
      POST: bind(`Merges into many: ${contract.summary}`, 'merge'),
    },
  };
}

async function all(
  contract: PlainResource,
  request: RestRequest,
  database: Database,
  given: readonly Json[],
  act: Act,
): Promise<DataReply> {
  const documents = given.map((one) => ({
    ...one,
    id: String(one['id'] ?? randomBytes(16).toString('hex')),
  }));
  if (new Set(documents.map(({ id }) => id)).size < documents.length)
    throw invalid('id', 'uniqueItems', 'some documents appear twice');
  const errors = await failures(documents, (one) => check(contract, request, database, one, act));
  if (errors) return { data: { errors }, status: 400 };
  const success: [string, unknown][] = [];
  const failed = await failures(documents, async (one) => {
    const asked = { ...request, data: one, params: { ...request.params, id: one.id } };
    const { data } =
      act === 'create'
        ? await create(contract, asked, database)
        : await change(contract, asked, database, merged);
    success.push([one.id, data]);
  });
  const done = { success: Object.fromEntries(success) };
  return failed ? { data: { ...done, errors: failed }, status: 400 } : { data: done };
}

/** What would be refused, told before anything is written. */
async function check<D extends AnyDocument>(
  contract: PlainResource,
  request: RestRequest,
  database: Database,
  one: Json & { readonly id: string },
  act: Act,
): Promise<void> {
  const document: D = contract.document;
  const previous = act === 'merge' ? await load(database, document, one.id, { fresh: true }) : undefined;
  const next = previous ? merged(settablePart(previous), settablePart(one)) : settablePart(one);
  await contract.validate?.(request, document.accept(next), previous);
}

async function failures<T extends { readonly id: string }>(
  documents: readonly T[],
  work: (one: T) => Promise<void>,
): Promise<Json | undefined> {
  const found: [string, unknown][] = [];
  for (const one of documents) {
    try {
      await work(one);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.status >= 500) throw thrown;
      found.push([one.id, errorBody(error)]);
    }
  }
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
