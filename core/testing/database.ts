// One database of memoryStore(): documents with revisions and conflicts, views, attachments.
import { createHash } from 'node:crypto';
import type { DesignSource } from '../../couchdb/load.ts';
import { type RunnableView, runnable } from '../../couchdb/run.ts';
import type { AnyDocument, DocumentOf } from '../contract/index.ts';
import { collateIds } from '../couch/collate.ts';
import type {
  Attachment,
  Database,
  DocumentChange,
  Held,
  StoredDocument,
  ViewOptions,
  ViewRow,
} from '../couch/index.ts';
import { changeOf, frozen, stamped } from '../couch/stamp.ts';
import { AppError, toAppError } from '../errors/index.ts';
import { MemoryAttachments } from './attachments.ts';
import { type IndexRow, mapRows, reducedRows, sorted } from './view-query.ts';

/** Databases exist once `designs` is set: until then reads find nothing and writes fail with `datastore_missing`. */
export class MemoryDatabase implements Database {
  readonly name: string;
  designs: Map<string, Map<string, RunnableView>> | undefined;
  /** Makes the database at its first write, where that is allowed. */
  make: (() => void) | undefined;
  readonly #documents = new Map<string, StoredDocument>();
  readonly #held = new Map<string, { value: StoredDocument | undefined; isCurrent: boolean }>();
  readonly #attachments = new MemoryAttachments();
  readonly #indexes = new Map<RunnableView, IndexRow[]>();
  /** What views have emitted for a document, which a write replaces. */
  readonly #emitted = new Map<RunnableView, WeakMap<StoredDocument, IndexRow[]>>();
  readonly #tell: (change: DocumentChange) => void;

  constructor(name: string, tell: (change: DocumentChange) => void) {
    this.name = name;
    this.#tell = tell;
  }

  install(design: DesignSource): void {
    const views = Object.entries(design.views).map(([name, view]) => [name, runnable(view)] as const);
    this.designs?.set(design.name, new Map(views));
  }

  async find(id: string): Promise<StoredDocument | undefined> {
    return this.held(id).value;
  }

  held(id: string): Held {
    const document = this.#documents.get(id);
    const held = this.#held.get(id) ?? {
      value: document?._deleted || document?.pvt_deleted ? undefined : document,
      isCurrent: true,
    };
    this.#held.set(id, held);
    return held;
  }

  /** Whoever kept something of it sees that it is old. */
  letGo(id?: string): void {
    for (const one of id === undefined ? [...this.#held.keys()] : [id]) {
      const held = this.#held.get(one);
      if (held) held.isCurrent = false;
      this.#held.delete(one);
    }
  }

  async get(id: string): Promise<StoredDocument> {
    const document = await this.find(id);
    if (!document) throw missing(this.name, id);
    return document;
  }

  async getAs<D extends AnyDocument>(contract: D, id: string): Promise<DocumentOf<D>> {
    const document = await this.get(id);
    if (document.pvt_type !== contract.type) throw missing(this.name, id, contract.type);
    return document as DocumentOf<D>;
  }

  async save(document: StoredDocument): Promise<StoredDocument> {
    return this.#write(stamped(this.name, document));
  }

  async update(
    id: string,
    change: (document: StoredDocument) => StoredDocument | undefined,
  ): Promise<StoredDocument> {
    // Nothing else runs between the read and the write, so there is no conflict to repeat it for.
    const before = this.#documents.get(id);
    if (!before || before._deleted || before.pvt_deleted) throw missing(this.name, id);
    const after = change(structuredClone(before));
    return after ? this.#write(stamped(this.name, { ...after, _id: id, _rev: before._rev ?? '' })) : before;
  }

  async remove(id: string, { hard = false } = {}): Promise<StoredDocument> {
    const document = await this.get(id);
    if (!hard) return this.save({ ...document, pvt_deleted: true });
    const { _id, _rev, pvt_type } = document;
    return this.#write({ _id, ...(_rev && { _rev }), _deleted: true, ...(pvt_type && { pvt_type }) });
  }

  async saveAll(documents: readonly StoredDocument[]): Promise<(StoredDocument | Error)[]> {
    return Promise.all(documents.map((document) => this.save(document).catch(toAppError)));
  }

  async view<V = unknown>(design: string, view: string, options: ViewOptions = {}): Promise<ViewRow<V>[]> {
    const found = this.#existing().get(design)?.get(view);
    if (!found)
      throw new AppError('datastore_missing_view', {
        message: `${this.name} has no view ${design}/${view}`,
        details: { database: this.name, design, view },
      });
    const rows = this.#index(found);
    if (found.reduce && options.reduce !== false) return reducedRows(rows, found, options) as ViewRow<V>[];
    return mapRows(rows, options).map((row) => this.#row<V>(row, options));
  }

  async all(options: ViewOptions = {}): Promise<ViewRow[]> {
    this.#existing();
    const rows = [...this.#documents.values()]
      .filter((document) => !document._deleted)
      .map((document) => ({ id: document._id, key: document._id, value: { rev: document._rev } }));
    const byId = (a: unknown, b: unknown): number => collateIds(String(a), String(b));
    return mapRows(sorted(rows, byId), options, byId).map((row) => this.#row(row, options));
  }

  async attach(id: string, name: string, body: Buffer, contentType: string): Promise<StoredDocument> {
    const document = await this.get(id);
    const stub = this.#attachments.put(id, name, body, contentType);
    return this.#write({ ...document, _attachments: { ...document._attachments, [name]: stub } });
  }

  async attachment(
    id: string,
    name: string,
    { range }: { readonly range?: string | undefined } = {},
  ): Promise<Attachment> {
    await this.get(id);
    return this.#attachments.get(id, name, range);
  }

  async detach(id: string, name: string): Promise<void> {
    const { _attachments: { [name]: _gone, ...rest } = {}, ...document } = await this.get(id);
    this.#attachments.remove(id, name);
    this.#write({ ...document, _attachments: rest });
  }

  #existing(): Map<string, Map<string, RunnableView>> {
    if (this.designs) return this.designs;
    throw new AppError('datastore_missing', {
      message: `the database ${this.name} does not exist`,
      details: { database: this.name },
    });
  }

  #write(document: StoredDocument): StoredDocument {
    if (!this.designs) this.make?.();
    this.#existing();
    const before = this.#documents.get(document._id);
    const expected = before?._deleted ? undefined : before?._rev;
    if (document._rev !== expected)
      throw new AppError('datastore_conflict', {
        details: { database: this.name, id: document._id, rev: document._rev },
      });
    const body = this.#attachments.inlined(structuredClone(document));
    const hash = createHash('md5').update(JSON.stringify(body)).digest('hex');
    const stored = frozen({ ...body, _rev: `${Number.parseInt(before?._rev ?? '0', 10) + 1}-${hash}` });
    this.#documents.set(stored._id, stored);
    this.letGo(stored._id);
    this.#indexes.clear();
    this.#tell(changeOf(this.name, stored, expected));
    return stored;
  }

  #index(view: RunnableView): IndexRow[] {
    const known = this.#indexes.get(view);
    if (known) return known;
    const emitted = this.#emitted.get(view) ?? new WeakMap<StoredDocument, IndexRow[]>();
    this.#emitted.set(view, emitted);
    const rowsOf = (document: StoredDocument): IndexRow[] => {
      const rows =
        emitted.get(document) ?? frozen(view.map(document).map((row) => ({ id: document._id, ...row })));
      emitted.set(document, rows);
      return rows;
    };
    const rows = sorted(
      [...this.#documents.values()].filter((document) => !document._deleted).flatMap(rowsOf),
    );
    this.#indexes.set(view, rows);
    return rows;
  }

  #row<V>(row: IndexRow, { includeDocs }: ViewOptions): ViewRow<V> {
    if (!includeDocs) return row as ViewRow<V>;
    const linked = (row.value as { _id?: unknown } | null)?._id;
    const doc = this.#documents.get(typeof linked === 'string' ? linked : row.id);
    return { ...(row as ViewRow<V>), ...(doc && { doc }) };
  }
}

function missing(database: string, id: string, type?: string): AppError {
  return new AppError('not_found', {
    message: `${database} has no ${type ?? 'document'} ${id}`,
    details: { database, id },
  });
}
