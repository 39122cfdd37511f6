// Finds the sound behind a media name: a document's attachment, or a prompt in the best language there is.
import type { Store, StoredDocument } from '../../core/couch/index.ts';
import type { MediaRequest } from './names.ts';

/** An attachment that can be streamed. `version` changes with its contents. */
export interface Sound {
  readonly database: string;
  readonly id: string;
  readonly attachment: string;
  readonly version: string;
}

/** The sound of a request, or why there is none. */
export type FoundSound = Sound | { readonly missing: 'not_found' | 'no_data' };

export interface FindOptions {
  readonly store: Store;
  /** Language of the request, when the name carries none. */
  readonly language: string | undefined;
  readonly defaultLanguage: string;
}

/** Looks in the account first for a prompt, then among the system's. Reads through the store's cache. */
export async function findSound(
  request: Exclude<MediaRequest, { kind: 'store' }>,
  options: FindOptions,
): Promise<FoundSound> {
  if (request.kind === 'document')
    return soundOf(request.database, await options.store.database(request.database).find(request.id));
  const language = request.language ?? options.language?.toLowerCase() ?? options.defaultLanguage;
  for (const database of [request.account, 'system_media']) {
    if (database === undefined) continue;
    const document = await findPrompt(database, request.prompt, language, options);
    if (document) return soundOf(database, document);
  }
  return { missing: 'not_found' };
}

/** The exact language, else another variety of it, else the default language. */
async function findPrompt(
  database: string,
  prompt: string,
  language: string,
  { store, defaultLanguage }: FindOptions,
): Promise<StoredDocument | undefined> {
  const exact = await store.database(database).find(`${language}%2F${prompt}`);
  if (exact) return exact;
  const primary = language.split('-')[0] ?? language;
  const rows = await store
    .database(database)
    .view('media', 'listing_by_prompt', { startKey: [prompt], endKey: [prompt, {}], reduce: false });
  const languages = rows.map((row) => ({ id: row.id, spoken: String((row.key as unknown[])[1]) }));
  const better =
    languages.find(({ spoken }) => spoken.split('-')[0] === primary) ??
    languages.find(({ spoken }) => spoken === defaultLanguage);
  return better ? store.database(database).find(better.id) : undefined;
}

function soundOf(database: string, document: StoredDocument | undefined): FoundSound {
  if (!document) return { missing: 'not_found' };
  const [attachment, about] = Object.entries(document._attachments ?? {})[0] ?? [];
  if (attachment === undefined) return { missing: 'no_data' };
  return { database, id: document._id, attachment, version: about?.digest ?? document._rev ?? '0' };
}
