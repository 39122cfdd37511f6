// The store as every app sees it: databases by name, cached reads, conflict-safe writes. No app knows what serves it.
import type { Readable } from 'node:stream';
import type { AnyDocument, DatabaseClass, DocumentOf, StoredFields } from '../contract/index.ts';

/** Any stored document. */
export type StoredDocument = StoredFields & Record<string, unknown>;

export interface ViewOptions {
  readonly key?: unknown;
  readonly keys?: readonly unknown[];
  readonly startKey?: unknown;
  readonly endKey?: unknown;
  readonly startDocId?: string;
  readonly descending?: boolean;
  readonly limit?: number;
  readonly skip?: number;
  readonly includeDocs?: boolean;
  readonly inclusiveEnd?: boolean;
  readonly reduce?: boolean;
  readonly group?: boolean;
  readonly groupLevel?: number;
}

export interface ViewRow<V = unknown> {
  readonly id: string;
  readonly key: unknown;
  readonly value: V;
  readonly doc?: StoredDocument;
}

/** What the cache has of a document. `isCurrent` until the document changes, is read anew, or is dropped from the cache. */
export interface Held {
  /** Undefined when there is none. */
  readonly value: StoredDocument | undefined;
  readonly isCurrent: boolean;
}

/** One document changed, told by a `configuration` message or by the `_changes` feed. */
export interface DocumentChange {
  readonly action: 'created' | 'edited' | 'deleted';
  readonly database: string;
  readonly id: string;
  readonly type: string | undefined;
  readonly rev: string | undefined;
}

export interface Attachment {
  readonly contentType: string;
  readonly length: number;
  readonly etag: string;
  /** Set when a range was asked for: first and last byte served and the full size. */
  readonly range?: { readonly first: number; readonly last: number; readonly size: number };
  readonly body: Readable;
}

export interface Database {
  readonly name: string;
  /** Reads through the cache; undefined when missing or soft-deleted. Treat the result as frozen. `fresh` asks the server. */
  find(id: string, options?: { readonly fresh?: boolean }): Promise<StoredDocument | undefined>;
  /** What `find` would give, where that need not be waited for; undefined where the server must be asked. */
  held(id: string): Held | undefined;
  /** As `find`; rejects with `not_found`. */
  get(id: string, options?: { readonly fresh?: boolean }): Promise<StoredDocument>;
  /** `get` for a declared type: `not_found` when the document is of another type. */
  getAs<D extends AnyDocument>(
    contract: D,
    id: string,
    options?: { readonly fresh?: boolean },
  ): Promise<DocumentOf<D>>;
  /**
   * Writes a document (a new one without `_rev`), sets the common pvt_ fields, publishes the change. Returns it as stored.
   * Rejects with `datastore_conflict` when `_rev` is not the current one, `quorum_not_met` on a 202 where the class demands quorum.
   */
  save(document: StoredDocument): Promise<StoredDocument>;
  /** Reads fresh, applies `change` to a copy, writes, and does it again on conflict (5 times). `undefined` from `change` means leave it. */
  update(
    id: string,
    change: (document: StoredDocument) => StoredDocument | undefined,
  ): Promise<StoredDocument>;
  /** Soft delete (`pvt_deleted`), or a real one with `hard`. */
  remove(id: string, options?: { readonly hard?: boolean }): Promise<StoredDocument>;
  /** Several documents in one request; a failed row is an AppError in its place. */
  saveAll(documents: readonly StoredDocument[]): Promise<(StoredDocument | Error)[]>;
  /**
   * Rows of `design/view`. A small keyed query may be answered from the cache; `fresh` asks the server. A view is answered by one
   * node of a cluster: with `sure`, when it finds nothing in a database that has just changed it is asked again before that is believed.
   */
  view<V = unknown>(
    design: string,
    view: string,
    options?: ViewOptions & { readonly fresh?: boolean; readonly sure?: boolean },
  ): Promise<ViewRow<V>[]>;
  all(options?: ViewOptions): Promise<ViewRow[]>;
  attach(id: string, name: string, body: Buffer, contentType: string): Promise<StoredDocument>;
  /** Rejects with `not_found` or `range_not_satisfiable`. `range` is the raw HTTP header value. */
  attachment(
    id: string,
    name: string,
    options?: { readonly range?: string | undefined },
  ): Promise<Attachment>;
  detach(id: string, name: string): Promise<void>;
}

export interface StoreStatus {
  readonly connected: boolean;
  readonly detail?: string;
  readonly cacheHits: number;
  readonly cacheMisses: number;
}

export interface Store {
  /** A database by its raw name, e.g. `account/ab/cd/…` or `system_config`. Any of the three account forms is understood. */
  database(name: string): Database;
  /** Creates the database when it is missing and brings its views up to date. */
  ensure(name: string, databaseClass: DatabaseClass): Promise<Database>;
  exists(name: string): Promise<boolean>;
  drop(name: string): Promise<void>;
  list(prefix?: string): Promise<string[]>;
  /** Called for every change of a document, made here or elsewhere. Returns what ends it. */
  onChange(listener: (change: DocumentChange) => void): () => void;
  status(): StoreStatus;
  /** Forgets every document and view that was read. */
  forget(): void;
  close(): Promise<void>;
}
