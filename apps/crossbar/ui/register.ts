// Registers the apps of a Monster UI: each folder with metadata/app.json becomes an `app` document of the master account.
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { isRecord } from '../../../core/contract/index.ts';
import {
  accountDatabase,
  type Database,
  type Store,
  type StoredDocument,
} from '../../../core/couch/index.ts';
import { app } from '../../../core/documents/index.ts';
import { AppError, errorText, toAppError } from '../../../core/errors/index.ts';
import { findMaster } from '../accounts/master.ts';
import { alphanumericName, settablePart, typed } from '../engine/index.ts';
import type { AppDocument } from './apps.ts';

export interface RegisterOptions {
  /** Where browsers find the REST API, e.g. `https://api.example.com/v2/`. */
  readonly url?: string | undefined;
  /** Also takes over what app.json says of an app that is registered already. */
  readonly refresh?: boolean;
}

/** What became of one app. */
export interface Registered {
  readonly name: string;
  readonly outcome: 'created' | 'updated' | 'kept' | 'failed';
  /** Why it failed, and images that are missing. */
  readonly problems: readonly string[];
}

const imageTypes: Readonly<Record<string, string>> = {
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};

/**
 * Registers every app below `folder`. An app that cannot be is told of and does not stop the others. Rejects with `not_found`
 * when the folder cannot be read, has no app, or no account is there yet that could have them.
 */
export async function registerApps(
  store: Store,
  folder: string,
  options: RegisterOptions = {},
): Promise<Registered[]> {
  const master = await findMaster(store);
  if (!master) throw new AppError('not_found', { message: 'make the master account first: it has the apps' });
  const database = store.database(accountDatabase(master._id));
  const found = await metadataFiles(folder);
  if (found.length === 0)
    throw new AppError('not_found', { message: `there is no metadata/app.json in ${folder} or below it` });
  const registered: Registered[] = [];
  for (const file of found) {
    const name = basename(dirname(dirname(file)));
    try {
      registered.push(await registerOne(database, file, options));
    } catch (error) {
      registered.push({ name, outcome: 'failed', problems: [problemOf(error)] });
    }
  }
  return registered;
}

function problemOf(error: unknown): string {
  const { message, details } = toAppError(error);
  const violations = details['violations'] as readonly { path: string; message: string }[] | undefined;
  return [message, ...(violations ?? []).map((one) => `${one.path} ${one.message}`)].join('; ');
}

async function metadataFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new AppError('not_found', { message: `cannot read ${folder}: ${errorText(cause)}`, cause });
  });
  return entries
    .filter((entry) => /(^|[\\/])metadata[\\/]app\.json$/.test(entry))
    .sort()
    .map((entry) => join(folder, entry));
}

async function registerOne(
  database: Database,
  file: string,
  { url, refresh = false }: RegisterOptions,
): Promise<Registered> {
  const said: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (!isRecord(said)) throw new AppError('invalid_data', { message: `${file} has no JSON object` });
  // Where the code is and who calls the API is for the operator to say, not for the author.
  const { api_url: _api, source_url: _source, ...metadata } = settablePart(said);
  const given = app.accept(url === undefined ? metadata : { ...metadata, api_url: url });
  const before = await findByName(database, String(given['name']));
  const fields = before && !refresh ? (url === undefined ? {} : { api_url: url }) : given;
  const isChanged = Object.entries(fields).some(
    ([key, value]) => JSON.stringify(before?.[key as keyof AppDocument]) !== JSON.stringify(value),
  );
  const saved = isChanged
    ? await database.save({
        ...before,
        ...fields,
        ...alphanumericName(given['name']),
        pvt_type: app.type,
      } as StoredDocument)
    : (before as StoredDocument);
  const problems = await attachImages(database, saved, given as Partial<AppDocument>, dirname(file));
  return {
    name: String(given['name']),
    outcome: !before ? 'created' : isChanged ? 'updated' : 'kept',
    problems,
  };
}

async function findByName(database: Database, name: string): Promise<AppDocument | undefined> {
  const [row] = await database.view('apps_store', 'crossbar_listing', {
    key: name,
    includeDocs: true,
    fresh: true,
  });
  return typed(app, row?.doc);
}

/** Stores icon and screenshots, in place of those of the same name. Resolves to what is missing. */
async function attachImages(
  database: Database,
  { _id }: StoredDocument,
  { icon, screenshots = [] }: Partial<AppDocument>,
  folder: string,
): Promise<string[]> {
  const images = [
    ...(icon === undefined ? [] : [{ name: icon, file: join(folder, 'icon', basename(icon)) }]),
    ...screenshots.map((name) => ({ name, file: join(folder, 'screenshots', basename(name)) })),
  ];
  const problems: string[] = [];
  for (const { name, file } of images) {
    const type = imageTypes[extname(name).toLowerCase()];
    const body = type === undefined ? undefined : await readFile(file).catch(() => undefined);
    if (type === undefined || !body || body.length === 0)
      problems.push(`${file} is no image that can be read`);
    else await database.attach(_id, name, body, type);
  }
  return problems;
}
