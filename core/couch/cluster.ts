// Requests to one CouchDB cluster: any node will do, and what one cannot answer another one may.
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../contract/index.ts';
import { AppError } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import { inSpan } from '../trace/index.ts';
import { Connection, type Reply, type Request, Unreachable } from './connection.ts';
import { isMissingDatabase } from './errors.ts';
import { type Node, Nodes } from './nodes.ts';
import { isUp } from './probes.ts';

/** A node that has not answered for so long is asked whether it is up at all. */
const patienceMs = 1_500;

/** Told how many milliseconds a request took, failed or not. */
export type Took = (method: string, milliseconds: number) => void;

export interface ClusterOptions {
  readonly urls: readonly string[];
  readonly user: string;
  readonly password: string;
  readonly log: Logger;
  readonly took?: Took;
  /** What was read may be old: it came of a node that has lost the others. */
  readonly onDoubt?: () => void;
}

type Ask<T> = (connection: Connection, signal: AbortSignal | undefined, repeated: boolean) => Promise<T>;

const databaseOf = (path: string): string => decodeURIComponent(path.split('/', 1)[0] ?? '');

export class Cluster {
  readonly #nodes: Nodes;
  readonly #took: Took;
  #fault: string | undefined;

  /** Throws `invalid_config` without a URL. */
  constructor({ urls, user, password, log, took, onDoubt }: ClusterOptions) {
    const connections = urls.map((url) => new Connection(url, user, password));
    this.#nodes = new Nodes(connections, { log, onDoubt: onDoubt ?? (() => undefined) });
    this.#took = took ?? (() => undefined);
  }

  /** Undefined while the last request was answered, else why not. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** A node has come back and may not have all that was written meanwhile: a view that it answers may be old. */
  get isCatchingUp(): boolean {
    return this.#nodes.isCatchingUp;
  }

  /** Any status is a reply; rejects with `datastore_unreachable` when no node answers. */
  json(request: Request): Promise<Reply> {
    const { method, path } = request;
    const attributes = { 'db.system.name': 'couchdb', 'db.namespace': databaseOf(path) };
    return inSpan(`${method} couchdb`, { kind: 'client', attributes }, async () => {
      const start = performance.now();
      try {
        const ask: Ask<Reply> = async (connection, signal, repeated) => {
          const reply = await connection.json({ ...request, ...(signal && { signal }) });
          // Too few have it: perhaps this node does not see the others.
          if (reply.status === 202) this.#nodes.suspect();
          return repeated && reply.status === 409 ? this.#settled(connection, request, reply) : reply;
        };
        return await this.#try(request, ask, isMissing);
      } finally {
        // A feed that waits for changes says nothing of how fast CouchDB is.
        if (!path.endsWith('/_changes')) this.#took(method, performance.now() - start);
      }
    });
  }

  stream(request: Request): Promise<Response> {
    return this.#try(request, (connection, signal) =>
      connection.stream({ ...request, ...(signal && { signal }) }),
    );
  }

  /** Asks no node again whether it is back. */
  close(): void {
    this.#nodes.close();
  }

  async #try<T>(request: Request, ask: Ask<T>, isDoubtful: (answer: T) => boolean = () => false): Promise<T> {
    let reason = this.#fault ?? '';
    let repeated = false;
    let doubtful: { readonly answer: T } | undefined;
    for (const node of await this.#nodes.order(isCreation(request))) {
      const work = (signal?: AbortSignal) => ask(node.connection, signal, repeated);
      try {
        // A write that nobody else may be given is waited for: a node that only was slow has made it then.
        const answer = await (isRepeatable(request)
          ? this.#attempt(node, request, work)
          : work(request.signal));
        this.#fault = undefined;
        if (!isDoubtful(answer)) return answer;
        doubtful = { answer };
      } catch (error) {
        if (!(error instanceof Unreachable) || request.signal?.aborted) throw error;
        reason = error.message;
        if (error.late && (await isUp(node.connection).catch(() => false))) {
          // Another node would wait for the same shards.
          if (isView(request)) throw unfinished(reason);
        } else this.#nodes.lose(node, error);
        repeated ||= !error.unsent;
        if (repeated && !isRepeatable(request)) break;
      }
    }
    if (doubtful) return doubtful.answer;
    this.#fault = reason;
    throw new AppError('datastore_unreachable', { message: `the database does not answer: ${reason}` });
  }

  /** One request to one node; broken off when the node turns out to have stopped. */
  async #attempt<T>(
    { connection }: Node,
    { signal, path }: Request,
    ask: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const stopped = new AbortController();
    // A feed has a watchdog of its own; what is silent in it is mostly well.
    const timer = setTimeout(() => {
      isUp(connection).catch(() => stopped.abort());
    }, patienceMs);
    if (path.endsWith('/_changes')) clearTimeout(timer);
    try {
      return await ask(signal ? AbortSignal.any([stopped.signal, signal]) : stopped.signal);
    } catch (error) {
      if (!stopped.signal.aborted) throw error;
      throw new Unreachable(`${connection.url} has stopped answering`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The conflict of a repeated write: it is none when what stands there is what was to be written. */
  async #settled(connection: Connection, { path, body }: Request, conflict: Reply): Promise<Reply> {
    const { status, body: stored } = await connection.json({ method: 'GET', path });
    if (status !== 200 || !isRecord(stored) || !isRecord(body)) return conflict;
    const { _rev: rev, ...now } = stored;
    const { _rev: _before, ...wanted } = JSON.parse(JSON.stringify(body)) as Record<string, unknown>;
    return isDeepStrictEqual(now, { _id: now['_id'], ...wanted })
      ? { status: 201, body: { ok: true, id: now['_id'], rev } }
      : conflict;
  }
}

const isView = ({ path }: Request): boolean => /\/_view\/[^/]+$/.test(path);

const unfinished = (reason: string): AppError =>
  new AppError('datastore_unreachable', { message: `the database is still building this view: ${reason}` });

/** What one node says of a database that another one has just made. It has done nothing then: the next one is asked. */
const isMissing = ({ status, body }: Reply): boolean =>
  status === 404 && isRecord(body) && isMissingDatabase(body['reason']);

/** Two nodes that make one database at the same time each lay it out in their own way: so all ask the first one. */
const isCreation = ({ method, path }: Request): boolean => method === 'PUT' && !path.includes('/');

/** Reading changes nothing, and a document that was written already is known again; any other write would be done twice. */
function isRepeatable({ method, path }: Request): boolean {
  // Keys that are asked for stand in a body.
  if (method === 'POST') return /\/(_all_docs|_view\/[^/]+)$/.test(path);
  return method === 'GET' || (method === 'PUT' && /^[^/]+\/(_local\/|_design\/)?[^/]+$/.test(path));
}
