// A store with a memory: what one request writes through it, for the audit trail.
import { type Database, newId, type Store, type StoredDocument } from '../../../core/couch/index.ts';

/** The documents that a request wrote. */
export interface Recorder {
  /** Notes what is written through it. */
  readonly store: Store;
  written(): readonly Written[];
}

/** A document before the request and after it. */
export interface Written {
  readonly database: string;
  readonly before: StoredDocument | undefined;
  readonly after: StoredDocument;
}

/** Copies that follow from another document, and what is no document of anybody. */
const unrecorded = new Set(['accounts', 'sip_auth', 'token_auth']);

/** Stands around the writing of documents, which it may refuse, and is told of what was changed or removed. */
export interface Watch {
  /** Runs `write`, or rejects and does not. */
  saving(
    database: string,
    before: StoredDocument | undefined,
    after: StoredDocument,
    write: () => Promise<StoredDocument>,
  ): Promise<StoredDocument>;
  after(
    database: string,
    before: StoredDocument | undefined,
    after: StoredDocument | undefined,
  ): Promise<void>;
}

/** `store`, with a memory of what is written through it. */
export function recorder(store: Store, watch?: Watch): Recorder {
  const written = new Map<string, Written>();
  const note = (database: string, before: StoredDocument | undefined, after: StoredDocument): void => {
    // A number stands in its own database and in the account's: the first says it.
    const first = written.get(after._id);
    written.set(after._id, first ? { ...first, after } : { database, before, after });
  };
  const wrap = (database: Database): Database =>
    unrecorded.has(database.name) ? database : recording(database, note, watch);
  return {
    store: {
      database: (name) => wrap(store.database(name)),
      ensure: async (name, databaseClass) => wrap(await store.ensure(name, databaseClass)),
      exists: (name) => store.exists(name),
      drop: (name) => store.drop(name),
      list: (prefix) => store.list(prefix),
      onChange: (listener) => store.onChange(listener),
      status: () => store.status(),
      forget: () => store.forget(),
      close: () => store.close(),
    },
    written: () => [...written.values()],
  };
}

type Note = (database: string, before: StoredDocument | undefined, after: StoredDocument) => void;

function recording(database: Database, note: Note, watch: Watch | undefined): Database {
  const { name } = database;
  const standing = async ({ _id, _rev }: StoredDocument): Promise<StoredDocument | undefined> => {
    if (_rev === undefined) return undefined;
    const cached = await database.find(_id);
    return cached?._rev === _rev ? cached : database.find(_id, { fresh: true });
  };
  return {
    name,
    find: (id, options) => database.find(id, options),
    held: (id) => database.held(id),
    get: (id, options) => database.get(id, options),
    getAs: (contract, id, options) => database.getAs(contract, id, options),
    save: async (given) => {
      // Who watches is to know what it will be called.
      const document = { ...given, _id: given._id ?? newId() };
      const before = await standing(document);
      const write = async (): Promise<StoredDocument> => {
        const after = await database.save(document);
        note(name, before, after);
        return after;
      };
      return watch ? watch.saving(name, before, document, write) : write();
    },
    update: async (id, change) => {
      let before: StoredDocument | undefined;
      const after = await database.update(id, (document) => {
        before = structuredClone(document);
        return change(document);
      });
      if (after._rev !== before?._rev) {
        note(name, before, after);
        await watch?.after(name, before, after);
      }
      return after;
    },
    remove: async (id, options) => {
      const before = await database.find(id);
      const after = await database.remove(id, options);
      note(name, before, { ...after, pvt_deleted: true });
      await watch?.after(name, before, undefined);
      return after;
    },
    saveAll: async (documents) => {
      const before = await Promise.all(documents.map(standing));
      const results = await database.saveAll(documents);
      results.forEach((after, at) => {
        if (!(after instanceof Error)) note(name, before[at], after);
      });
      return results;
    },
    view: (design, view, options) => database.view(design, view, options),
    all: (options) => database.all(options),
    attach: async (id, attachment, body, contentType) => {
      const before = await database.find(id);
      const after = await database.attach(id, attachment, body, contentType);
      note(name, before, after);
      return after;
    },
    attachment: (id, attachment, options) => database.attachment(id, attachment, options),
    detach: async (id, attachment) => {
      const before = await database.find(id);
      await database.detach(id, attachment);
      const after = await database.find(id);
      if (after) note(name, before, after);
    },
  };
}

/**
 * `store`, of which nothing is written: `note` is told what would be, and readers find what was there before. For what saves and
 * removes documents; attachments and `update` are refused.
 */
export function unwritten(
  store: Store,
  note: (database: string, before: StoredDocument | undefined, after: StoredDocument | undefined) => void,
): Store {
  const refuse = async (): Promise<never> => {
    throw new Error('this is not done without writing');
  };
  const watched = recorder(store, {
    saving: async (database, before, after) => {
      note(database, before, after);
      return after;
    },
    after: async () => undefined,
  });
  const wrap = (database: Database): Database => ({
    ...watched.store.database(database.name),
    remove: async (id) => {
      const before = await database.find(id, { fresh: true });
      note(database.name, before, undefined);
      return { ...before, _id: id, _deleted: true };
    },
    update: refuse,
    saveAll: refuse,
    attach: refuse,
    detach: refuse,
  });
  return {
    ...watched.store,
    database: (name) => wrap(store.database(name)),
    ensure: async (name, databaseClass) => wrap(await store.ensure(name, databaseClass)),
  };
}
