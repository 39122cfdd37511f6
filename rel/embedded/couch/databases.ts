// The databases on disk: names, creation and removal, and a pool that keeps only the busy ones open.
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import leveldown, { type LevelDown } from 'leveldown';
import adapter from 'pouchdb-adapter-leveldb';
import PouchDB from 'pouchdb-core';
import { CouchError, databaseMissing } from './errors.ts';

PouchDB.plugin(adapter);

const OPEN_LIMIT = 32;
const IDLE_MS = 60_000;
/** LevelDB allows itself 4 MB of write buffer and 8 MB of cache; hundreds of small databases need far less. */
const LEVEL_OPTIONS = { writeBufferSize: 512 * 1024, cacheSize: 512 * 1024, maxOpenFiles: 40 };
const NAME = /^[a-z][a-z0-9_$()+/-]*$/;
const SYSTEM_NAMES = new Set(['_users', '_replicator', '_global_changes']);

export interface Settings {
  uuid: string;
  /** Unix seconds; CouchDB's `instance_start_time`. */
  createdAt: number;
  revsLimit: number;
  security: Record<string, unknown>;
}

/** An open database. `level` is the LevelDB under `pouch`; view indexes live there under the prefix `view/`. */
export interface Database {
  readonly name: string;
  readonly settings: Settings;
  readonly pouch: PouchDB;
  readonly level: LevelDown;
}

interface Entry {
  readonly name: string;
  readonly directory: string;
  readonly settings: Settings;
  /** Emits `change` after every write, `gone` when the database is deleted. */
  readonly feed: EventEmitter;
  opened: Promise<Database> | undefined;
  closing: Promise<void> | undefined;
  pins: number;
  lastUsed: number;
}

/** Throws CouchDB's 400 unless `name` may name a database. */
export function checkDatabaseName(name: string): void {
  if (name.length > 238)
    throw new CouchError(
      400,
      'database_name_too_long',
      `At least one path segment of \`${name}\` is too long.`,
    );
  if (NAME.test(name) || SYSTEM_NAMES.has(name)) return;
  throw new CouchError(
    400,
    'illegal_database_name',
    `Name: '${name}'. Only lowercase characters (a-z), digits (0-9), and any of the characters _, $, (, ), +, -, and / are allowed. Must begin with a letter.`,
  );
}

const defaultSecurity = () => ({ members: { roles: ['_admin'] }, admins: { roles: ['_admin'] } });

/**
 * Every database below one directory, one folder each (its name URL-encoded, so `a/b` and `ab` never meet).
 * A database is opened by its first use and closed when it was idle for a minute or when too many are open.
 */
export class Databases {
  readonly #directory: string;
  readonly #entries = new Map<string, Entry>();
  readonly #removals = new Map<string, Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  readonly #log: (line: string) => void;

  private constructor(directory: string, log: (line: string) => void) {
    this.#directory = directory;
    this.#log = log;
    this.#timer = setInterval(() => this.#closeIdle(Date.now() - IDLE_MS), 15_000);
    this.#timer.unref();
  }

  /** Reads the databases that `directory` holds, and makes it when it does not exist. */
  static async load(directory: string, log: (line: string) => void = () => undefined): Promise<Databases> {
    await mkdir(directory, { recursive: true });
    const databases = new Databases(directory, log);
    for (const folder of await readdir(directory)) {
      const path = join(directory, folder);
      if (folder.startsWith('.')) {
        await rm(path, { recursive: true, force: true });
        continue;
      }
      const text = await readFile(join(path, 'settings.json'), 'utf8').catch(() => undefined);
      if (text !== undefined) databases.#add(decodeURIComponent(folder), path, JSON.parse(text) as Settings);
    }
    return databases;
  }

  names(): string[] {
    return [...this.#entries.keys()].sort();
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  settings(name: string): Settings {
    return this.#get(name).settings;
  }

  /** How many databases hold files open now. */
  get openCount(): number {
    return [...this.#entries.values()].filter((entry) => entry.opened).length;
  }

  async create(name: string): Promise<void> {
    checkDatabaseName(name);
    // The old folder of the same name must be gone before a new one takes its place.
    await this.#removals.get(name)?.catch(() => undefined);
    if (this.has(name))
      throw new CouchError(412, 'file_exists', 'The database could not be created, the file already exists.');
    const settings: Settings = {
      uuid: randomBytes(16).toString('hex'),
      createdAt: Math.floor(Date.now() / 1000),
      revsLimit: 1000,
      security: defaultSecurity(),
    };
    const directory = join(this.#directory, encodeURIComponent(name));
    const entry = this.#add(name, directory, settings);
    // The folder exists before the first use can open it: a use waits for `closing`.
    entry.closing = mkdir(directory, { recursive: true }).then(() => this.#save(entry));
    await entry.closing.finally(() => {
      entry.closing = undefined;
    });
  }

  async destroy(name: string): Promise<void> {
    const entry = this.#get(name);
    this.#entries.delete(name);
    entry.feed.emit('gone');
    const removal = this.#remove(entry).finally(() => this.#removals.delete(name));
    this.#removals.set(name, removal);
    await removal;
  }

  async changeSettings(name: string, changes: Partial<Settings>): Promise<void> {
    const entry = this.#get(name);
    Object.assign(entry.settings, changes);
    await this.#save(entry);
    // PouchDB takes revs_limit when it opens.
    if (changes.revsLimit !== undefined && entry.pins === 0) await this.#close(entry);
  }

  /** Runs `work` on the open database, which stays open until `work` has settled. */
  async use<T>(name: string, work: (database: Database) => Promise<T>): Promise<T> {
    const entry = this.#get(name);
    entry.pins += 1;
    entry.lastUsed = Date.now();
    try {
      if (!entry.opened) {
        await entry.closing;
        entry.opened ??= this.#openOnce(entry);
      }
      return await work(await entry.opened);
    } finally {
      entry.pins -= 1;
      if (entry.pins === 0) entry.feed.emit('unpinned');
    }
  }

  /** Wakes the feeds of a database after a write. */
  changed(name: string): void {
    this.#entries.get(name)?.feed.emit('change');
  }

  /** The emitter of a database: `change` after every write, `gone` when it is deleted. */
  feed(name: string): EventEmitter {
    return this.#get(name).feed;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.allSettled(this.#removals.values());
    for (const entry of this.#entries.values()) {
      while (entry.pins > 0) await new Promise((resolve) => entry.feed.once('unpinned', resolve));
      await this.#close(entry);
    }
  }

  #get(name: string): Entry {
    const entry = this.#entries.get(name);
    if (!entry) throw databaseMissing();
    return entry;
  }

  #add(name: string, directory: string, settings: Settings): Entry {
    const entry: Entry = {
      name,
      directory,
      settings,
      feed: new EventEmitter().setMaxListeners(0),
      opened: undefined,
      closing: undefined,
      pins: 0,
      lastUsed: 0,
    };
    this.#entries.set(name, entry);
    return entry;
  }

  /** Waits until nobody uses the database, then takes its folder away under a name that `load` sweeps. */
  async #remove(entry: Entry): Promise<void> {
    await entry.closing;
    while (entry.pins > 0) await new Promise((resolve) => entry.feed.once('unpinned', resolve));
    await this.#close(entry);
    const grave = join(this.#directory, `.deleted-${randomBytes(8).toString('hex')}`);
    await rename(entry.directory, grave);
    await rm(grave, { recursive: true, force: true });
  }

  async #save(entry: Entry): Promise<void> {
    await writeFile(join(entry.directory, 'settings.json'), JSON.stringify(entry.settings));
  }

  /** A database that would not open is tried again by its next use. */
  #openOnce(entry: Entry): Promise<Database> {
    const opened = this.#open(entry);
    opened.catch(() => {
      if (entry.opened === opened) entry.opened = undefined;
    });
    return opened;
  }

  async #open(entry: Entry): Promise<Database> {
    const opened = [...this.#entries.values()].filter((other) => other.opened && other.pins === 0);
    if (opened.length >= OPEN_LIMIT) {
      const eldest = opened.reduce((a, b) => (a.lastUsed <= b.lastUsed ? a : b));
      this.#closeLater(eldest);
    }
    let level: LevelDown | undefined;
    const db = (location: string) => {
      level = leveldown(location);
      return level;
    };
    const options = { adapter: 'leveldb', db, revs_limit: entry.settings.revsLimit, ...LEVEL_OPTIONS };
    const pouch = new PouchDB(join(entry.directory, 'data'), options);
    await pouch.info();
    if (!level) throw new Error('PouchDB did not open its LevelDB');
    return { name: entry.name, settings: entry.settings, pouch, level };
  }

  #close(entry: Entry): Promise<void> {
    const { opened } = entry;
    if (!opened) return entry.closing ?? Promise.resolve();
    entry.opened = undefined;
    entry.closing = opened
      .then(({ pouch }) => pouch.close())
      .finally(() => {
        entry.closing = undefined;
      });
    return entry.closing;
  }

  #closeLater(entry: Entry): void {
    this.#close(entry).catch((error) => this.#log(`closing ${entry.name}: ${error}`));
  }

  #closeIdle(before: number): void {
    for (const entry of this.#entries.values())
      if (entry.opened && entry.pins === 0 && entry.lastUsed < before) this.#closeLater(entry);
  }
}
