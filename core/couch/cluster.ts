// The nodes of one CouchDB cluster: any will do, one that fails is left alone for a while.
import { AppError } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import { inSpan } from '../trace/index.ts';
import { Connection, type Reply, type Request, Unreachable } from './connection.ts';

/** How long a node that failed is asked last. */
const restMs = 2_000;

/** Told how many milliseconds a request took, failed or not. */
export type Took = (method: string, milliseconds: number) => void;

const databaseOf = (path: string): string => decodeURIComponent(path.split('/', 1)[0] ?? '');

interface Node {
  readonly connection: Connection;
  restUntil: number;
}

export class Cluster {
  readonly #nodes: readonly Node[];
  readonly #log: Logger;
  readonly #took: Took;
  #turn = 0;
  #fault: string | undefined;

  constructor(
    urls: readonly string[],
    user: string,
    password: string,
    log: Logger,
    took: Took = () => undefined,
  ) {
    if (urls.length === 0)
      throw new AppError('invalid_config', { message: 'store.urls names no CouchDB node' });
    this.#nodes = urls.map((url) => ({ connection: new Connection(url, user, password), restUntil: 0 }));
    this.#log = log;
    this.#took = took;
  }

  /** Undefined while the last request was answered, else why not. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Any status is a reply; rejects with `datastore_unreachable` when no node answers. */
  json(request: Request): Promise<Reply> {
    const { method, path } = request;
    const attributes = { 'db.system.name': 'couchdb', 'db.namespace': databaseOf(path) };
    return inSpan(`${method} couchdb`, { kind: 'client', attributes }, async () => {
      const start = performance.now();
      try {
        return await this.#try(request, (connection) => connection.json(request));
      } finally {
        // A feed that waits for changes says nothing of how fast CouchDB is.
        if (!path.endsWith('/_changes')) this.#took(method, performance.now() - start);
      }
    });
  }

  stream(request: Request): Promise<Response> {
    return this.#try(request, (connection) => connection.stream(request));
  }

  async #try<T extends { readonly status: number }>(
    request: Request,
    ask: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    let reason = '';
    for (const node of this.#order()) {
      try {
        const answer = await ask(node.connection);
        if (node.restUntil > 0) this.#log.info('CouchDB answers again', { url: node.connection.url });
        node.restUntil = 0;
        this.#fault = undefined;
        return answer;
      } catch (error) {
        if (!(error instanceof Unreachable) || request.signal?.aborted) throw error;
        if (node.restUntil === 0) this.#log.warn('CouchDB does not answer', { error });
        node.restUntil = Date.now() + restMs;
        reason = error.message;
        // A write that may have arrived must not be sent again: the second would look like a conflict.
        if (!error.unsent && request.method !== 'GET') break;
      }
    }
    this.#fault = reason;
    throw new AppError('datastore_unreachable', { message: `the database does not answer: ${reason}` });
  }

  /** Healthy nodes first, in turn; those at rest after them, so that a request is only refused when all are gone. */
  #order(): Node[] {
    const now = Date.now();
    this.#turn = (this.#turn + 1) % this.#nodes.length;
    const turned = [...this.#nodes.slice(this.#turn), ...this.#nodes.slice(0, this.#turn)];
    return turned.sort((a, b) => Number(a.restUntil > now) - Number(b.restUntil > now));
  }
}
