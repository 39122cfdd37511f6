// One database of CouchDB: cached reads, writes that are stamped, checked and told, views, attachments.
import { setTimeout as pause } from 'node:timers/promises';
import type { AnyDocument, DocumentOf } from '../contract/index.ts';
import { AppError, hasCode } from '../errors/index.ts';
import { addAttachment, readAttachment, removeAttachment } from './attachments.ts';
import type { CacheKey } from './cache.ts';
import type { Reply } from './connection.ts';
import { checkQuorum, pathOf, quorumOf, type StoreCore } from './core.ts';
import { storeError } from './errors.ts';
import { isMonthDatabase } from './names.ts';
import { isCacheable, readAll, readView } from './query.ts';
import { changeOf, frozen, stamped } from './stamp.ts';
import type { Attachment, Database, Held, StoredDocument, ViewOptions, ViewRow } from './store.ts';

const bulkSize = 500;
const updateAttempts = 5;
/** Milliseconds before each look of one who must be sure. */
const untilSure: readonly number[] = [100, 300];

interface WriteRow {
  readonly id?: string;
  readonly rev?: string;
  readonly error?: string;
  readonly reason?: string;
}

export class CouchDatabase implements Database {
  readonly name: string;
  readonly #core: StoreCore;

  constructor(name: string, core: StoreCore) {
    this.name = name;
    this.#core = core;
  }

  async find(id: string, { fresh = false } = {}): Promise<StoredDocument | undefined> {
    const held = fresh ? undefined : this.held(id);
    return held ? held.value : this.#read(this.#keyOf(id), fresh);
  }

  held(id: string): Held | undefined {
    return this.#core.cache.cached(this.#keyOf(id)) as Held | undefined;
  }

  async get(id: string, options: { readonly fresh?: boolean } = {}): Promise<StoredDocument> {
    const document = await this.find(id, options);
    if (!document) throw this.#missing(id);
    return document;
  }

  async getAs<D extends AnyDocument>(
    contract: D,
    id: string,
    options: { readonly fresh?: boolean } = {},
  ): Promise<DocumentOf<D>> {
    const document = await this.get(id, options);
    if (document.pvt_type !== contract.type) throw this.#missing(id, contract.type);
    return document as DocumentOf<D>;
  }

  async save(document: StoredDocument): Promise<StoredDocument> {
    return this.#put(stamped(this.name, document));
  }

  async update(
    id: string,
    change: (document: StoredDocument) => StoredDocument | undefined,
  ): Promise<StoredDocument> {
    for (let attempt = 1; ; attempt++) {
      const before = await this.get(id, { fresh: true });
      const after = change(structuredClone(before));
      if (!after) return before;
      try {
        return await this.save({ ...after, _id: id, _rev: before._rev as string });
      } catch (error) {
        if (!hasCode(error, 'datastore_conflict') || attempt === updateAttempts) throw error;
      }
    }
  }

  async remove(id: string, { hard = false } = {}): Promise<StoredDocument> {
    if (!hard) return this.update(id, (document) => ({ ...document, pvt_deleted: true }));
    const { _rev, pvt_type, pvt_account_id } = await this.get(id, { fresh: true });
    return this.#put({
      _id: id,
      _rev: _rev as string,
      _deleted: true,
      ...(pvt_type && { pvt_type }),
      ...(pvt_account_id && { pvt_account_id }),
    });
  }

  async saveAll(documents: readonly StoredDocument[]): Promise<(StoredDocument | Error)[]> {
    const ready = documents.map((document) => stamped(this.name, document));
    const results: (StoredDocument | Error)[] = [];
    for (let at = 0; at < ready.length; at += bulkSize) {
      const part = ready.slice(at, at + bulkSize);
      const { status, body } = await this.#write('POST', '_bulk_docs', { docs: part });
      const rows = body as readonly WriteRow[];
      results.push(...part.map((document, index) => this.#written(document, rows[index] ?? {})));
      checkQuorum(this.#core, this.name, status);
    }
    return results;
  }

  async view<V = unknown>(
    design: string,
    view: string,
    options: ViewOptions & { readonly fresh?: boolean; readonly sure?: boolean } = {},
  ): Promise<ViewRow<V>[]> {
    const { fresh = false, sure = false, ...query } = options;
    const load = async (): Promise<ViewRow[]> => {
      let rows = await readView(this.#core, this.name, design, view, query);
      for (const wait of sure ? untilSure : []) {
        if (rows.length > 0 || !this.#core.cache.isSettling(this.name)) break;
        await pause(wait);
        rows = await readView(this.#core, this.name, design, view, query);
      }
      return rows;
    };
    if (!isCacheable(query)) return (await load()) as ViewRow<V>[];
    const key = { database: this.name, kind: 'view' as const, name: JSON.stringify([design, view, query]) };
    const ttl = this.#core.ttl(this.name);
    const rows = await this.#core.cache.read(key, async () => ({ value: frozen(await load()), ttl }), fresh);
    return [...rows] as ViewRow<V>[];
  }

  all(options: ViewOptions = {}): Promise<ViewRow[]> {
    return readAll(this.#core, this.name, options);
  }

  async attach(id: string, name: string, body: Buffer, contentType: string): Promise<StoredDocument> {
    const before = await this.get(id, { fresh: true });
    await addAttachment(this.#core, this.name, before, name, body, contentType);
    return this.#afterAttachment(id, before._rev);
  }

  attachment(
    id: string,
    name: string,
    { range }: { readonly range?: string | undefined } = {},
  ): Promise<Attachment> {
    return readAttachment(this.#core, this.name, id, name, range);
  }

  async detach(id: string, name: string): Promise<void> {
    const before = await this.get(id, { fresh: true });
    if (!before._attachments?.[name]) throw this.#missing(`${id}/${name}`, 'attachment');
    await removeAttachment(this.#core, this.name, before, name);
    await this.#afterAttachment(id, before._rev);
  }

  async #afterAttachment(id: string, before: string | undefined): Promise<StoredDocument> {
    const document = await this.get(id, { fresh: true });
    this.#core.changed(changeOf(this.name, document, before), document);
    return document;
  }

  #keyOf(id: string): CacheKey {
    return { database: this.name, kind: 'document', name: id };
  }

  #read(key: CacheKey, fresh: boolean): Promise<StoredDocument | undefined> {
    const { name: id } = key;
    const ttl = this.#core.ttl(this.name);
    const load = async () => {
      const { status, body } = await this.#core.cluster.json({
        method: 'GET',
        path: pathOf(this.name, id),
        query: quorumOf(this.#core, this.name, 'r'),
      });
      if (status === 200) {
        const document = frozen(body as StoredDocument);
        return { value: document.pvt_deleted ? undefined : document, ttl };
      }
      const error = storeError(status, body, { database: this.name, id });
      // What is missing is remembered too; a missing database only briefly, because no feed can tell of its making.
      if (error.code === 'not_found') return { value: undefined, ttl };
      if (error.code === 'datastore_missing') return { value: undefined, ttl: Math.min(ttl, 5_000) };
      throw error;
    };
    return this.#core.cache.read(key, load, fresh);
  }

  async #put(document: StoredDocument): Promise<StoredDocument> {
    const { status, body } = await this.#write('PUT', document._id, document);
    const stored = this.#written(document, body as WriteRow);
    if (stored instanceof Error) throw stored;
    checkQuorum(this.#core, this.name, status, stored._id);
    return stored;
  }

  /** What the server answered for one document of a write. */
  #written(document: StoredDocument, row: WriteRow): StoredDocument | Error {
    const { _id: id } = document;
    if (row.rev === undefined) {
      const error = storeError(row.error === 'conflict' ? 409 : 500, row, { database: this.name, id });
      this.#core.cache.invalidate(this.name, id);
      return error;
    }
    const stored = frozen({ ...structuredClone(withStubs(document)), _rev: row.rev });
    this.#core.changed(changeOf(this.name, stored, document._rev), stored);
    return stored;
  }

  /** Sends a write. A month's database is made by its first one. */
  async #write(method: 'PUT' | 'POST', id: string, body: object): Promise<Reply> {
    const request = {
      method,
      path: pathOf(this.name, id),
      query: quorumOf(this.#core, this.name, 'w'),
      body,
      deadline: method === 'POST' ? 60_000 : 10_000,
    };
    for (let made = false; ; made = true) {
      const reply = await this.#core.cluster.json(request).catch((error: unknown) => {
        // Perhaps it was written, perhaps not: what is cached may be wrong from now on.
        this.#core.cache.clear(this.name);
        throw error;
      });
      if (reply.status < 300) return reply;
      const error = storeError(reply.status, reply.body, { database: this.name, id });
      if (error.code === 'datastore_conflict') this.#core.cache.invalidate(this.name, id);
      if (made || error.code !== 'datastore_missing' || !isMonthDatabase(this.name)) throw error;
      await this.#core.ensure(this.name, 'modb');
    }
  }

  #missing(id: string, type = 'document'): AppError {
    return new AppError('not_found', {
      message: `${this.name} has no ${type} ${id}`,
      details: { database: this.name, id },
    });
  }
}

/** Attachments given inline are stubs once they are stored. */
function withStubs(document: StoredDocument): StoredDocument {
  if (!document._attachments) return document;
  const stubs = Object.entries(document._attachments).map(([name, { data, ...stub }]) => [
    name,
    data === undefined ? stub : { ...stub, length: Buffer.byteLength(data, 'base64'), stub: true },
  ]);
  return { ...document, _attachments: Object.fromEntries(stubs) };
}
