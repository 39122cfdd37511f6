// media: sounds of an account and, at the top, the prompts of the system; upload and download of what is heard.
import { resource } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import { media as contract } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  accountEndpoint,
  attachmentName,
  attachmentReply,
  auditFields,
  type DataReply,
  documentId,
  type Endpoint,
  idParameter,
  invalid,
  type ListOptions,
  list,
  load,
  oneUpload,
  operation,
  pathParameter,
  plain,
  publicPart,
  type RawReply,
  type RestRequest,
  replaceAttachments,
  targetDatabase,
} from '../engine/index.ts';

/** What a phone can be made to hear, and the usual name for a type nobody says. */
const soundTypes = /^(audio\/[\w.+-]+|video\/[\w.+-]+|application\/octet-stream|application\/(x-)?base64)$/;

/** What the view of languages has for a sound without one. */
const noLanguage = 'no_language';

type DatabaseOf = (request: RestRequest) => Database;

const systemMedia: DatabaseOf = ({ services }) => services.store.database('system_media');

/** Same paths for an account and for the system, which everybody may hear and only the master changes. */
function rawEndpoint(path: string, databaseOf: DatabaseOf, writes: 'admin' | 'superduper'): Endpoint {
  return {
    path: `${path}/media/:${idParameter}/raw`,
    operations: {
      GET: operation('account', 'The sound itself', (request) => download(request, databaseOf(request)), {
        produces: ['audio/*'],
      }),
      POST: operation(writes, 'Uploads the sound', (request) => upload(request, databaseOf(request)), {
        uploads: soundTypes,
      }),
    },
  };
}

/** The sounds of one language, and of one prompt. */
function soundLists(path: string, databaseOf: DatabaseOf): Endpoint[] {
  const sounds = (
    at: string,
    said: string,
    view: string,
    prefixOf: (given: string) => string,
    shown: ListOptions,
  ): Endpoint => ({
    path: `${path}/media/${at}/:${at}`,
    operations: {
      GET: operation(
        'account',
        said,
        (request) =>
          list(
            request,
            databaseOf(request),
            { design: 'media', view },
            { prefix: [prefixOf(pathParameter(request, at))], ...shown },
          ),
        { list: true },
      ),
    },
  });
  return [
    sounds(
      'languages',
      'Ids of the sounds of a language; `missing`: of none',
      'listing_by_language',
      (given) => (given === 'missing' ? noLanguage : given.toLowerCase()),
      { show: ({ id }) => id },
    ),
    sounds('prompts', 'Sounds of a prompt, one for each language', 'listing_by_prompt', (given) => given, {
      includeDocs: true,
      show: ({ id, doc }) => ({ id, has_attachments: Object.keys(doc?._attachments ?? {}).length > 0 }),
    }),
  ];
}

export const media = plain(
  resource({
    path: 'media',
    summary: 'Sounds: uploads, recordings, speech',
    document: contract,
    listing: { design: 'media', view: 'crossbar_listing' },
    example: { name: 'Welcome', language: 'en-gb', media_source: 'upload' },
    system: {
      database: 'system_media',
      verbs: {
        collection: { GET: 'account', PUT: 'superduper' },
        item: { GET: 'account', POST: 'superduper', PATCH: 'superduper', DELETE: 'superduper' },
      },
    },
    validate: async (_: RestRequest, next) => {
      if (next.media_source === 'tts' && next.tts?.text === undefined)
        throw invalid('tts.text', 'required', 'tts.text is required when media_source is tts');
    },
  }),
  [
    rawEndpoint('/accounts/:account_id', targetDatabase, 'admin'),
    rawEndpoint('', systemMedia, 'superduper'),
    ...soundLists('/accounts/:account_id', targetDatabase),
    ...soundLists('', systemMedia),
    accountEndpoint('media/languages', {
      GET: operation('account', 'Languages, with the number of sounds in each', (request) =>
        languages(targetDatabase(request)),
      ),
    }),
    accountEndpoint('media/prompts', {
      GET: operation('account', 'Ids of prompts', (request) => prompts(targetDatabase(request))),
    }),
    {
      path: '/media/languages',
      operations: {
        GET: operation('account', 'Languages, with the number of sounds in each', (request) =>
          languages(systemMedia(request)),
        ),
      },
    },
    {
      path: '/media/prompts',
      operations: { GET: operation('account', 'Ids of prompts', (request) => prompts(systemMedia(request))) },
    },
  ],
);

/** Stores one file as the sound of a document, in place of the one it had. */
async function upload(request: RestRequest, database: Database): Promise<DataReply> {
  const file = oneUpload(request, soundTypes);
  const id = documentId(request);
  const before = await load(database, contract, id, { fresh: true });
  await replaceAttachments(request, database, before, attachmentName(file, id), file);
  const saved = await database.update(id, (document) => ({
    ...document,
    ...auditFields(request),
    content_type: file.contentType,
    content_length: file.body.length,
    media_source: 'upload',
  }));
  return { data: publicPart(saved), revision: saved._rev };
}

async function download(request: RestRequest, database: Database): Promise<RawReply> {
  const document = await load(database, contract, documentId(request));
  const [name] = Object.keys(document._attachments ?? {});
  if (name === undefined) throw new AppError('not_found', { message: 'the media document has no file' });
  return attachmentReply(request, database, document._id, name);
}

/** How many sounds there are of each language. */
async function languages(database: Database): Promise<DataReply> {
  const rows = await database.view<number>('media', 'listing_by_language', { groupLevel: 1 });
  const counts = rows.map(({ key, value }) => {
    const language = String((key as unknown[])[0]);
    return [language === noLanguage ? 'missing' : language, value] as const;
  });
  return { data: counted(counts) };
}

/** How many languages there are of each prompt. */
async function prompts(database: Database): Promise<DataReply> {
  const rows = await database.view<number>('media', 'listing_by_prompt', { groupLevel: 1 });
  return { data: counted(rows.map(({ key, value }) => [String((key as unknown[])[0]), value] as const)) };
}

/** As Kazoo shows them: a list of one object, or an empty one. */
const counted = (counts: readonly (readonly [string, number])[]): object[] =>
  counts.length === 0 ? [] : [Object.fromEntries(counts)];
