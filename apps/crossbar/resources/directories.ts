// directories: people a caller may find by name, also on paper.
import { resource } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import { callflow, directory, user } from '../../../core/documents/index.ts';
import { directoryPdf, type PrintedEntry } from '../directories/pdf.ts';
import {
  accountEndpoint,
  disposition,
  idParameter,
  load,
  operation,
  parameter,
  pathParameter,
  plain,
  publicPart,
  type Reply,
  type RestRequest,
  targetAccount,
  targetDatabase,
  typed,
} from '../engine/index.ts';

export const directories = plain(
  resource({
    path: 'directories',
    summary: 'People a caller may find by name',
    document: directory,
    listing: { design: 'directories', view: 'crossbar_listing' },
    example: { name: 'Staff', min_dtmf: 3, sort_by: 'first_name' },
    validate: async (_: RestRequest, next) => {
      // Users say themselves which directories they are in; clients send back what they got.
      delete next.users;
    },
    present: async (request: RestRequest, shown, { _id }) => ({
      ...shown,
      users: await usersOf(targetDatabase(request), _id),
    }),
  }),
  [
    accountEndpoint(`directories/:${idParameter}`, {
      GET: operation('account', 'A directory with its users', read, {
        reply: directory.schema,
        produces: ['application/pdf'],
      }),
    }),
  ],
);

/** Who is in a directory, and the callflow that rings each. */
async function usersOf(database: Database, id: string) {
  const rows = await database.view<string>('directories', 'users_listing', {
    startKey: [id],
    endKey: [id, {}],
  });
  return rows.map((row) => ({ user_id: row.id, callflow_id: row.value }));
}

async function read(request: RestRequest): Promise<Reply> {
  const database = targetDatabase(request);
  const document = await load(database, directory, pathParameter(request, idParameter));
  const users = await usersOf(database, document._id);
  if (!wantsPdf(request)) return { data: { ...publicPart(document), users }, revision: document._rev };
  const entries = await printed(database, users, document.sort_by ?? 'last_name');
  const name = `${targetAccount(request).name}-directory.pdf`;
  return {
    body: await directoryPdf(document.name, entries),
    contentType: 'application/pdf',
    headers: { 'content-disposition': disposition(name) },
  };
}

function wantsPdf(request: RestRequest): boolean {
  return (
    parameter(request, 'accept') === 'pdf' || /^application\/(x-)?pdf\b/.test(request.headers.accept ?? '')
  );
}

/** Names with the numbers that reach them, by first or by last name. */
async function printed(
  database: Database,
  users: Awaited<ReturnType<typeof usersOf>>,
  sortBy: 'first_name' | 'last_name',
): Promise<PrintedEntry[]> {
  const people = await Promise.all(
    users.map(async ({ user_id, callflow_id }) => {
      const person = typed(user, await database.find(user_id));
      const flow = typed(callflow, await database.find(callflow_id));
      return person ? [{ person, numbers: flow?.numbers ?? [] }] : [];
    }),
  );
  return people
    .flat()
    .sort((a, b) => a.person[sortBy].localeCompare(b.person[sortBy]))
    .map(({ person: { first_name, last_name }, numbers }) => ({
      name: sortBy === 'first_name' ? `${first_name} ${last_name}` : `${last_name}, ${first_name}`,
      numbers,
    }));
}
