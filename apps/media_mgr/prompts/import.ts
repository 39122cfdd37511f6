// Brings the prompts of the repository into `system_media`, those that are missing or were changed.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, Store, StoredDocument } from '../../../core/couch/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import { root } from '../../../core/files/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import { texts } from './texts.ts';

const sounds = join(root, 'apps', 'media_mgr', 'prompts', 'sounds');

/**
 * Imports every language. A prompt that an operator replaced (its `pvt_source` is not ours) is left alone.
 * Returns how many were written; rejects when one could not be.
 */
export async function importPrompts(store: Store, log: Logger): Promise<number> {
  const database = store.database('system_media');
  const changed: StoredDocument[] = [];
  for (const language of await readdir(sounds)) {
    for (const file of await readdir(join(sounds, language))) {
      const sound = await readFile(join(sounds, language, file));
      const document = await promptDocument(database, language, file.replace(/\.wav$/, ''), sound);
      if (document) changed.push(document);
    }
  }
  const results = changed.length > 0 ? await database.saveAll(changed) : [];
  // Another media_mgr that starts at the same time may have been first.
  const failed = results.find((result) => result instanceof Error && !hasCode(result, 'datastore_conflict'));
  if (failed) throw failed;
  if (changed.length > 0) log.info('prompts imported', { prompts: changed.length });
  return changed.length;
}

/** The document of a prompt, with its sound, or undefined when it is up to date or an operator's own. */
async function promptDocument(
  database: Database,
  language: string,
  prompt: string,
  sound: Buffer,
): Promise<StoredDocument | undefined> {
  const id = `${language}%2F${prompt}`;
  const source = `repository:${createHash('sha256').update(sound).digest('hex').slice(0, 16)}`;
  const existing = await database.find(id);
  if (existing?.['pvt_source'] === source) return undefined;
  if (existing && !String(existing['pvt_source']).startsWith('repository:')) return undefined;
  return {
    ...existing,
    _id: id,
    pvt_type: 'media',
    pvt_source: source,
    name: prompt,
    description: (texts[prompt] ?? prompt).slice(0, 128),
    prompt_id: prompt,
    language,
    media_source: 'upload',
    source_type: 'kazoo_media',
    content_type: 'audio/x-wav',
    content_length: sound.length,
    streamable: true,
    _attachments: { [`${prompt}.wav`]: { content_type: 'audio/x-wav', data: sound.toString('base64') } },
  };
}
