// mirliton media import: prompts for everybody or for one account, and other sounds of an account.
import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { importPrompts } from '../../../apps/media_mgr/prompts/import.ts';
import { accountDatabase, type Database, type StoredDocument } from '../../../core/couch/index.ts';
import { AppError, errorText, toAppError } from '../../../core/errors/index.ts';
import { logger } from '../../../core/log/index.ts';
import { findAccount } from '../accounts.ts';
import { command, flag, many, text } from '../command.ts';

const types: Readonly<Record<string, string>> = {
  '.wav': 'audio/x-wav',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
};
/** Bytes; what a media document may hold (core/documents/media.ts). */
const largest = 11_534_336;

interface Sound {
  readonly file: string;
  readonly name: string;
  readonly language: string;
}

export const mediaImportCommand = command({
  name: 'media import',
  summary: 'imports sounds: prompts for everybody, or the media of an account',
  details:
    'PATH is a file (.wav, .mp3, .ogg) or a folder; of a folder whose parent folders are named by languages (en-us/…) ' +
    'each gives its language. Without PATH the prompts that come with Mirliton are written again where they are missing ' +
    'or old. A prompt is named by its file (vm-goodbye.wav); one that is imported here replaces the one that came with Mirliton.',
  args: { paths: many('files or folders') },
  options: {
    account: text('ACCOUNT', 'for this account (id, name or realm): as media that callflows can play'),
    prompts: flag("with --account: as its own prompts in place of the system's"),
    language: text('TAG', 'where no folder says it; default en-us'),
  },
  examples: [
    'mirliton media import ./sounds/fr-fr --language fr-fr',
    'mirliton media import hold.mp3 --account acme',
  ],
  run: async ({ args: { paths }, options }, cli) => {
    const store = await cli.store();
    if (paths.length === 0) {
      const written = await importPrompts(store, logger('cli'));
      return cli.done(`${written} prompts were written`, { written });
    }
    const sounds = (await Promise.all(paths.map((path) => soundsAt(path, options.language)))).flat();
    if (sounds.length === 0)
      throw new AppError('not_found', {
        message: `no ${Object.keys(types).join(', ')} at ${paths.join(', ')}`,
      });
    const accountId =
      options.account === undefined ? undefined : (await findAccount(store, options.account))._id;
    const database =
      accountId === undefined
        ? await store.ensure('system_media', 'system_media')
        : store.database(accountDatabase(accountId));
    const asPrompts = accountId === undefined || options.prompts;
    const failed: { file: string; why: string }[] = [];
    for (const [index, sound] of sounds.entries()) {
      try {
        await save(database, sound, { asPrompts, accountId });
      } catch (error) {
        failed.push({ file: sound.file, why: toAppError(error).message });
      }
      cli.progress(index + 1, sounds.length, 'sounds');
    }
    const written = sounds.length - failed.length;
    cli.done(
      [`${written} sounds were written`, ...failed.map(({ file, why }) => `  ${file}: ${why}`)].join('\n'),
      {
        written,
        failed,
      },
    );
    return failed.length > 0 ? 1 : 0;
  },
});

/** A file, or every sound in a folder and below it. */
async function soundsAt(path: string, language: string | undefined): Promise<Sound[]> {
  let folder: boolean;
  try {
    folder = (await stat(path)).isDirectory();
  } catch (cause) {
    throw new AppError('not_found', { message: `cannot read ${path}: ${errorText(cause)}`, cause });
  }
  const entries = folder ? await readdir(path, { recursive: true }) : [''];
  return entries
    .map((entry) => (entry === '' ? path : join(path, entry)))
    .filter((file) => types[extname(file).toLowerCase()] !== undefined)
    .map((file) => ({ file, name: basename(file, extname(file)), language: language ?? languageOf(file) }));
}

const languageOf = (file: string): string => {
  const folder = basename(dirname(file)).toLowerCase();
  return /^[a-z]{2}(-[a-z]{2})?$/.test(folder) ? folder : 'en-us';
};

async function save(
  database: Database,
  { file, name, language }: Sound,
  { asPrompts, accountId }: { readonly asPrompts: boolean; readonly accountId: string | undefined },
): Promise<void> {
  const body = await readFile(file);
  if (body.length === 0 || body.length > largest)
    throw new AppError('invalid_data', { message: `${body.length} bytes: it must have 1 to ${largest}` });
  const extension = extname(file).toLowerCase();
  const existing = asPrompts
    ? await database.find(`${language}%2F${name}`, { fresh: true })
    : await findNamed(database, name);
  const type = types[extension] ?? 'application/octet-stream';
  const id = asPrompts ? `${language}%2F${name}` : (existing?._id ?? randomBytes(16).toString('hex'));
  const { _attachments: _, ...before } = existing ?? {};
  await database.save({
    ...before,
    _id: id,
    pvt_type: 'media',
    // Not the repository's any more: media_mgr leaves it alone.
    pvt_source: 'operator',
    ...(accountId === undefined ? {} : { pvt_account_id: accountId }),
    name,
    ...(asPrompts ? { prompt_id: name } : {}),
    language,
    media_source: 'upload',
    content_type: type,
    content_length: body.length,
    streamable: true,
    _attachments: { [`${name}${extension}`]: { content_type: type, data: body.toString('base64') } },
  } as StoredDocument);
}

async function findNamed(database: Database, name: string): Promise<StoredDocument | undefined> {
  const [row] = await database.view('media', 'listing_by_name', {
    key: name,
    includeDocs: true,
    fresh: true,
  });
  return row?.doc;
}
