// plain(): the endpoints of a resource that is one document type, made from its declaration.
import { isRecord, type Verb, type VerbTable } from '../../../core/contract/index.ts';
import type { Database, ViewRow } from '../../../core/couch/index.ts';
import { user } from '../../../core/documents/index.ts';
import { change, create, idParameter, part, presented, read, remove, removeAll } from './acts.ts';
import { load, merged, typed } from './documents.ts';
import {
  accountEndpoint,
  type Described,
  type Endpoint,
  type Operation,
  type PlainResource,
  type Reply,
  type RestModule,
} from './endpoint.ts';
import { type ListOptions, list } from './list.ts';
import { pathParameter, type RestRequest, targetDatabase } from './request.ts';

type Act = (request: RestRequest, database: Database) => Promise<Reply>;

/** What a verb does, and what the documentation says of it. */
interface Bound extends Described {
  readonly act: Act;
}

/**
 * The module of a plain resource; `more` are further endpoints, or operations in the place of those that an endpoint of the
 * same path has from the declaration.
 */
export function plain(contract: PlainResource, more: readonly Endpoint[] = []): RestModule {
  return {
    name: contract.path,
    summary: contract.summary,
    plain: contract,
    endpoints: joined([...plainEndpoints(contract), ...more]),
  };
}

function joined(endpoints: readonly Endpoint[]): Endpoint[] {
  const byPath = new Map<string, Endpoint>();
  for (const { path, operations } of endpoints)
    byPath.set(path, { path, operations: { ...byPath.get(path)?.operations, ...operations } });
  return [...byPath.values()];
}

/** The endpoints of a plain resource, for a module that has several of them. */
export function plainEndpoints(contract: PlainResource): Endpoint[] {
  const { path, verbs, system, byOwner, shared } = contract;
  const databaseOf = shared ? ({ services }: RestRequest) => services.store.database(shared) : targetDatabase;
  const endpoints = [...endpointsOf(contract, verbs, `/accounts/:account_id/${path}`, databaseOf)];
  if (system)
    endpoints.push(
      ...endpointsOf(contract, system.verbs, `/${path}`, async (request) =>
        request.services.store.database((await system.choose?.(request)) ?? system.database),
      ),
    );
  if (byOwner)
    endpoints.push(
      accountEndpoint(`users/:user_id/${path}`, {
        GET: {
          permission: verbs.collection.GET ?? 'admin',
          summary: `${contract.summary}: those of a user`,
          list: true,
          run: async (request) => {
            const owner = await load(targetDatabase(request), user, pathParameter(request, 'user_id'));
            return list(request, targetDatabase(request), byOwner, {
              key: owner._id,
              show: summaryOf,
              fileName: path,
            });
          },
        },
      }),
    );
  return endpoints;
}

/** The endpoints at one path, whose documents stand in the database that `databaseOf` says. */
export function endpointsOf(
  contract: PlainResource,
  verbs: VerbTable,
  path: string,
  databaseOf: (request: RestRequest) => Database | Promise<Database>,
): Endpoint[] {
  const bind = (acts: Partial<Record<Verb, Bound>>, permitted: VerbTable['item']): Endpoint['operations'] =>
    Object.fromEntries(
      (Object.entries(permitted) as [Verb, Operation['permission']][]).flatMap(([verb, permission]) => {
        const bound = acts[verb];
        if (!bound) return [];
        const { act, ...described } = bound;
        return [
          [
            verb,
            {
              ...described,
              permission,
              run: (request: RestRequest) => {
                const database = databaseOf(request);
                return database instanceof Promise
                  ? database.then((found) => act(request, found))
                  : act(request, database);
              },
            },
          ],
        ];
      }),
    );
  const { listing } = contract;
  const { schema, summary: one } = contract.document;
  const whole = { body: schema, reply: schema };
  return [
    {
      path,
      operations: bind(
        {
          GET: {
            summary: contract.summary,
            list: true,
            act: async (request, database) =>
              list(request, database, listing, {
                ...(await part(contract, request, database)),
                ...rowsOf(contract, request),
                fileName: path.slice(path.lastIndexOf('/') + 1),
              }),
          },
          PUT: {
            summary: `Creates: ${one}`,
            ...whole,
            act: (request, database) => create(contract, request, database),
          },
          ...(contract.within && {
            DELETE: {
              summary: `Deletes all: ${contract.summary}`,
              act: (request: RestRequest, database: Database) => removeAll(contract, request, database),
            },
          }),
        },
        verbs.collection,
      ),
    },
    {
      path: `${path}/:${idParameter}`,
      operations: bind(
        {
          GET: {
            summary: one,
            reply: schema,
            act: (request, database) => read(contract, request, database),
          },
          POST: {
            summary: `Replaces: ${one}`,
            ...whole,
            act: (request, database) => change(contract, request, database, (_, data) => data),
          },
          PATCH: {
            summary: `Merges into it: ${one}`,
            ...whole,
            act: (request, database) => change(contract, request, database, merged),
          },
          DELETE: {
            summary: `Deletes: ${one}`,
            reply: schema,
            act: (request, database) => remove(contract, request, database),
          },
        },
        verbs.item,
      ),
    },
  ];
}

/** The row of a document in a list; not every view of Kazoo's says which document it is about. */
/** What a row of the resource's list shows. */
function rowsOf(contract: PlainResource, request: RestRequest): ListOptions {
  const { listing, document } = contract;
  if (listing.ids) return { show: ({ id }) => id };
  if (!listing.documents) return { show: summaryOf };
  return {
    includeDocs: true,
    showAll: (rows) =>
      Promise.all(
        rows.map(async ({ doc }) => {
          const one = typed(document, doc);
          return one && presented(contract, request, one);
        }),
      ),
  };
}

const summaryOf = ({ id, value }: ViewRow): unknown => (isRecord(value) ? { id, ...value } : value);
