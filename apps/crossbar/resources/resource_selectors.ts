// resource_selectors: which carrier serves what, by name and by carrier; a task imports them (contract/crossbar.md §6.4).
import { resource } from '../../../core/contract/index.ts';
import { accountDatabase } from '../../../core/couch/index.ts';
import { resourceSelector, resourceSelectorRules } from '../../../core/documents/index.ts';
import { design, findSelectors, selectingAccount } from '../carriers/selectors.ts';
import {
  documentId,
  type Endpoint,
  endpointsOf,
  list,
  missing,
  operation,
  pathParameter,
  type Reply,
  type RestModule,
  type RestRequest,
  single,
} from '../engine/index.ts';

const path = 'resource_selectors';
const summary = 'Which carrier serves what';
const forms = [
  { at: 'name', said: 'Names of selectors, with how many each has', view: 'name_listing' },
  { at: 'name/:name', said: 'Carriers of a name', view: 'name_resource_listing' },
  { at: 'resource', said: 'Carriers, with how many selectors each has', view: 'resource_listing' },
  { at: 'resource/:resource', said: 'Names of a carrier', view: 'resource_name_listing' },
];
const exact = ['resource/:resource/name/:name', 'name/:name/resource/:resource'];

type Permission = 'admin' | 'superduper';

/** The same below an account, and at the top for the selectors that hold for all. */
function endpointsAt(root: string, permission: Permission): Endpoint[] {
  const contract = resource({
    path,
    summary,
    document: resourceSelector,
    verbs: { collection: {}, item: { GET: permission, POST: permission, DELETE: permission } },
    listing: { design, view: 'id_listing' },
    example: { name: 'area', selector: '1415', resource: 'carrier' },
  });
  const listed = (at: string, said: string, run: (request: RestRequest) => Promise<Reply>): Endpoint => ({
    path: at === '' ? root : `${root}/${at}`,
    operations: { GET: operation(permission, said, run, { list: true }) },
  });
  return [
    listed('', summary, (request) => rows(request, 'id_listing', [])),
    ...forms.map(({ at, said, view }) =>
      listed(at, said, (request) => counts(request, view, keysOf(request))),
    ),
    ...exact.map((at) =>
      listed(at, 'Selectors of a name and a carrier', (request) =>
        rows(request, 'resource_name_id_listing', keysOf(request)),
      ),
    ),
    single({
      path: `${root}/rules`,
      document: resourceSelectorRules,
      id: async (request) => ({
        database: request.services.store.database(accountDatabase(await selectingAccount(request))),
        id: resourceSelectorRules.type,
      }),
      verbs: { GET: permission, POST: permission },
    }),
    ...endpointsOf(contract, contract.verbs, root, async (request) => {
      const database = await findSelectors(request);
      if (!database) throw missing(documentId(request));
      return database;
    }),
  ];
}

const joined = (endpoints: readonly Endpoint[]): Endpoint[] =>
  endpoints.filter(({ operations }) => Object.keys(operations).length > 0);

export const resource_selectors: RestModule = {
  name: path,
  summary,
  endpoints: joined([
    ...endpointsAt(`/accounts/:account_id/${path}`, 'admin'),
    ...endpointsAt(`/${path}`, 'superduper'),
  ]),
};

/** The carrier before the name, as the keys of all views of both have it. */
const keysOf = ({ params }: RestRequest): string[] =>
  ['resource', 'name']
    .filter((key) => key in params)
    .map((key) => pathParameter({ params } as RestRequest, key));

async function rows(request: RestRequest, view: string, prefix: readonly string[]): Promise<Reply> {
  const database = await findSelectors(request);
  if (!database) return { data: [] };
  return list(
    request,
    database,
    { design, view },
    {
      ...(prefix.length > 0 && { prefix }),
      show: ({ id, value }) => ({ id, ...(value as object) }),
      fileName: path,
    },
  );
}

/** `{name: how many}`, one object for each: there are few names and carriers. */
async function counts(request: RestRequest, view: string, prefix: readonly string[]): Promise<Reply> {
  const database = await findSelectors(request);
  if (!database) return { data: [] };
  const found = await database.view<number>(design, view, {
    startKey: prefix,
    endKey: [...prefix, {}],
    group: true,
  });
  return { data: found.map(({ key, value }) => ({ [String((key as unknown[]).at(-1))]: value })) };
}
