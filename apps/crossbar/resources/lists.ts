// lists: numbers and names that callflows match callers with; each entry is a document of its own.
import { resource } from '../../../core/contract/index.ts';
import { list, listEntry } from '../../../core/documents/index.ts';
import {
  accountEndpoint,
  idParameter,
  load,
  missing,
  operation,
  pathParameter,
  plain,
  plainEndpoints,
  type RawReply,
  type RestRequest,
  targetDatabase,
} from '../engine/index.ts';
import { findPhoto, photoTypes, writePhoto } from '../people/photo.ts';
import { vcard } from '../people/vcard.ts';

const entries = resource({
  path: 'lists/:list_id/entries',
  summary: 'The entries of a list',
  document: listEntry,
  listing: { design: 'lists', view: 'entries' },
  example: { number: '+14155550100', displayname: 'Ann', profile: { note: 'Ask for Ann' } },
  within: { document: list, parameter: 'list_id', field: 'list_id' },
  verbs: {
    collection: { GET: 'account', PUT: 'admin', DELETE: 'admin' },
    item: { GET: 'account', POST: 'admin', PATCH: 'admin', DELETE: 'admin' },
  },
});

export const lists = plain(
  resource({
    path: 'lists',
    summary: 'Lists of numbers and names',
    document: list,
    listing: { design: 'lists', view: 'crossbar_listing' },
    example: { name: 'Friends', description: 'Who may call at night' },
    afterDelete: async (request: RestRequest, { _id }) => {
      const database = targetDatabase(request);
      const rows = await database.view('lists', 'entries', { key: _id, fresh: true });
      for (const { id } of rows) if (id !== _id) await database.remove(id);
    },
  }),
  [
    ...plainEndpoints(entries),
    accountEndpoint(`lists/:list_id/entries/:${idParameter}/vcard`, {
      GET: operation('account', 'The entry as a vCard', card, { produces: ['text/x-vcard'] }),
    }),
    accountEndpoint(`lists/:list_id/entries/:${idParameter}/photo`, {
      POST: operation(
        'admin',
        'Uploads the photo of an entry',
        async (request) => {
          const { _id } = await entryOf(request);
          return writePhoto(request, targetDatabase(request), listEntry, _id);
        },
        { uploads: photoTypes },
      ),
    }),
  ],
);

/** The entry in the path, when it is one of the list in the path. */
async function entryOf(request: RestRequest) {
  const id = pathParameter(request, idParameter);
  const entry = await load(targetDatabase(request), listEntry, id);
  if (entry.list_id !== pathParameter(request, 'list_id')) throw missing(id);
  return entry;
}

async function card(request: RestRequest): Promise<RawReply> {
  const database = targetDatabase(request);
  const entry = await entryOf(request);
  const { firstname, lastname, displayname, number, profile } = entry;
  const nicknames = [...(profile?.nicknames ?? []), displayname].filter((name) => name !== undefined);
  const text = vcard({
    first: firstname,
    last: lastname,
    org: (await load(database, list, entry.list_id)).org,
    numbers: [number],
    profile: { ...profile, nicknames },
    photo: await findPhoto(database, entry),
  });
  return { body: text, contentType: 'text/x-vcard; charset=utf-8' };
}
