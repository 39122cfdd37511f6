// Types of the part of PouchDB 9 and leveldown 6 that the embedded CouchDB uses (neither package ships any).
declare module 'pouchdb-core' {
  export interface AttachmentStub {
    content_type: string;
    digest?: string;
    length?: number;
    revpos?: number;
    stub?: boolean;
    follows?: boolean;
    encoding?: string;
    data?: string | Buffer;
  }
  export interface Doc {
    _id?: string;
    _rev?: string;
    _deleted?: boolean;
    _revisions?: { start: number; ids: string[] };
    _attachments?: Record<string, AttachmentStub>;
    [key: string]: unknown;
  }
  export type StoredDoc = Doc & { _id: string; _rev: string };
  export interface WriteResult {
    ok?: true;
    id: string;
    rev?: string;
    error?: unknown;
    status?: number;
    name?: string;
    message?: string;
  }
  export interface Change {
    seq: number;
    id: string;
    changes: { rev: string }[];
    deleted?: boolean;
    doc?: StoredDoc;
  }
  export interface AllDocsRow {
    id?: string;
    key: string;
    value?: { rev: string; deleted?: boolean };
    doc?: StoredDoc | null;
    error?: string;
  }
  export type OpenRev = { ok: StoredDoc } | { missing: string };
  export interface RevTreeNode {
    pos: number;
    ids: unknown;
  }
  export default class PouchDB {
    constructor(name: string, options: object);
    static plugin(plugin: unknown): void;
    get(id: string, options: { open_revs: 'all' | string[]; [option: string]: unknown }): Promise<OpenRev[]>;
    get(id: string, options?: object): Promise<StoredDoc>;
    put(doc: object): Promise<WriteResult>;
    remove(doc: object): Promise<WriteResult>;
    bulkDocs(docs: object[], options?: object): Promise<WriteResult[]>;
    allDocs(options: object): Promise<{ total_rows: number; rows: AllDocsRow[] }>;
    changes(options: object): Promise<{ results: Change[]; last_seq: number }>;
    revsDiff(revs: Record<string, string[]>): Promise<Record<string, { missing: string[] }>>;
    getAttachment(id: string, name: string, options?: object): Promise<Buffer>;
    info(): Promise<{ doc_count: number; update_seq: number }>;
    compact(): Promise<unknown>;
    close(): Promise<void>;
  }
}

declare module 'pouchdb-adapter-leveldb' {
  const plugin: unknown;
  export default plugin;
}

declare module 'leveldown' {
  export interface Iterator {
    next(callback: (error: Error | undefined, key?: string, value?: string) => void): void;
    end(callback: (error?: Error) => void): void;
  }
  export interface Operation {
    type: 'put' | 'del';
    key: string;
    value?: string;
  }
  export interface LevelDown {
    get(
      key: string,
      options: { asBuffer: false },
      callback: (error: Error | undefined, value: string) => void,
    ): void;
    batch(operations: Operation[], callback: (error?: Error) => void): void;
    iterator(options: object): Iterator;
    clear(options: object, callback: (error?: Error) => void): void;
    approximateSize(
      start: string,
      end: string,
      callback: (error: Error | undefined, size: number) => void,
    ): void;
  }
  export default function leveldown(location: string): LevelDown;
}
