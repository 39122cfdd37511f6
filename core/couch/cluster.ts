// The nodes of one CouchDB cluster: any will do; one that fails, or has stopped answering, is left out until it is back.
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../contract/index.ts';
import { AppError } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import { inSpan } from '../trace/index.ts';
import { backlogOf, isBack, probeMs } from './comeback.ts';
import { Connection, type Reply, type Request, Unreachable } from './connection.ts';
import { isMissingDatabase } from './errors.ts';

/** A node that has not answered for so long is asked whether it is up at all. */
const patienceMs = 1_500;
/** How often a node that is out is asked whether it is back. */
const lookMs = 1_000;
/** After a node is back others bring it what it has missed: for so long at least and at most, in milliseconds. */
const catchingUp = { least: 10_000, most: 300_000 };

/** Told how many milliseconds a request took, failed or not. */
export type Took = (method: string, milliseconds: number) => void;

export interface ClusterOptions {
  readonly urls: readonly string[];
  readonly user: string;
  readonly password: string;
  readonly log: Logger;
  readonly took?: Took;
}

interface Node {
  readonly connection: Connection;
  /** Left out until it is known to be back. */
  out: boolean;
  /** Asks whether it is back. */
  probing: Promise<void> | undefined;
  next: NodeJS.Timeout | undefined;
}

type Ask<T> = (connection: Connection, signal: AbortSignal, repeated: boolean) => Promise<T>;

const databaseOf = (path: string): string => decodeURIComponent(path.split('/', 1)[0] ?? '');

export class Cluster {
  readonly #nodes: readonly Node[];
  readonly #log: Logger;
  readonly #took: Took;
  /** When a node came back last, until it has what it missed. */
  #backSince: number | undefined;
  #catchUp: NodeJS.Timeout | undefined;
  #turn = 0;
  #fault: string | undefined;
  #closed = false;

  /** Throws `invalid_config` without a URL. */
  constructor({ urls, user, password, log, took = () => undefined }: ClusterOptions) {
    if (urls.length === 0)
      throw new AppError('invalid_config', { message: 'store.urls names no CouchDB node' });
    this.#nodes = urls.map((url) => ({
      connection: new Connection(url, user, password),
      out: false,
      probing: undefined,
      next: undefined,
    }));
    this.#log = log;
    this.#took = took;
  }

  /** Undefined while the last request was answered, else why not. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** A node has come back and may not have all that was written meanwhile: a view that it answers may be old. */
  get isCatchingUp(): boolean {
    return this.#backSince !== undefined;
  }

  /** Any status is a reply; rejects with `datastore_unreachable` when no node answers. */
  json(request: Request): Promise<Reply> {
    const { method, path } = request;
    const attributes = { 'db.system.name': 'couchdb', 'db.namespace': databaseOf(path) };
    return inSpan(`${method} couchdb`, { kind: 'client', attributes }, async () => {
      const start = performance.now();
      try {
        const ask: Ask<Reply> = async (connection, signal, repeated) => {
          const reply = await connection.json({ ...request, signal });
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
    return this.#try(request, (connection, signal) => connection.stream({ ...request, signal }));
  }

  /** Asks no node again whether it is back. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#catchUp);
    for (const node of this.#nodes) clearTimeout(node.next);
  }

  async #try<T>(request: Request, ask: Ask<T>, isDoubtful: (answer: T) => boolean = () => false): Promise<T> {
    let reason = this.#fault ?? '';
    let repeated = false;
    let doubtful: { readonly answer: T } | undefined;
    for (const node of await this.#order(request)) {
      try {
        const answer = await this.#attempt(node, request, (signal) => ask(node.connection, signal, repeated));
        this.#fault = undefined;
        if (!isDoubtful(answer)) return answer;
        doubtful = { answer };
      } catch (error) {
        if (!(error instanceof Unreachable) || request.signal?.aborted) throw error;
        this.#lose(node, error);
        reason = error.message;
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
      connection.json({ method: 'GET', path: '_up', deadline: probeMs }).catch(() => stopped.abort());
    }, patienceMs);
    if (path.endsWith('/_changes')) clearTimeout(timer);
    try {
      return await ask(signal ? AbortSignal.any([stopped.signal, signal]) : stopped.signal);
    } catch (error) {
      if (!stopped.signal.aborted) throw error;
      throw new Unreachable(`${connection.url} has stopped answering`, false);
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

  #lose(node: Node, error: Unreachable): void {
    if (node.out || this.#closed) return;
    this.#log.warn('CouchDB does not answer', { error });
    node.out = true;
    this.#look(node);
  }

  #look(node: Node): void {
    const alone = this.#nodes.every((other) => other === node || other.out);
    node.probing = isBack(node.connection, alone)
      .catch(() => false)
      .then((back) => {
        if (this.#closed) return;
        if (back) this.#regain(node);
        else node.next = setTimeout(() => this.#look(node), lookMs).unref();
      })
      .finally(() => {
        node.probing = undefined;
      });
  }

  #regain(node: Node): void {
    node.out = false;
    this.#log.info('CouchDB answers again', { url: node.connection.url });
    this.#backSince = Date.now();
    clearTimeout(this.#catchUp);
    this.#catchUp = setTimeout(() => void this.#lookWhetherCaughtUp(), catchingUp.least).unref();
  }

  /** It is the others that know what they have still to bring it. */
  async #lookWhetherCaughtUp(): Promise<void> {
    const since = this.#backSince;
    const up = this.#nodes.filter(({ out }) => !out);
    const backlogs = await Promise.all(up.map(({ connection }) => backlogOf(connection).catch(() => 1)));
    // Another one has come back meanwhile, which has begun this anew.
    if (this.#closed || since === undefined || this.#backSince !== since) return;
    if (backlogs.every((jobs) => jobs === 0) || Date.now() - since > catchingUp.most)
      this.#backSince = undefined;
    else this.#catchUp = setTimeout(() => void this.#lookWhetherCaughtUp(), lookMs).unref();
  }

  /** Nodes that answer, in turn. While all are out, those that are just being asked whether they are back count. */
  async #order(request: Request): Promise<Node[]> {
    this.#turn = isCreation(request) ? 0 : (this.#turn + 1) % this.#nodes.length;
    const turned = [...this.#nodes.slice(this.#turn), ...this.#nodes.slice(0, this.#turn)];
    if (turned.every(({ out }) => out)) await Promise.all(turned.map(({ probing }) => probing));
    return turned.filter(({ out }) => !out);
  }
}

/** What one node says of a database that another one has just made. It has done nothing then: the next one is asked. */
const isMissing = ({ status, body }: Reply): boolean =>
  status === 404 && isRecord(body) && isMissingDatabase(body['reason']);

/** Two nodes that make one database at the same time each lay it out in their own way: so all ask the first one. */
const isCreation = ({ method, path }: Request): boolean => method === 'PUT' && !path.includes('/');

/** Reading changes nothing, and a document that was written already is known again; any other write would be done twice. */
function isRepeatable({ method, path }: Request): boolean {
  return method === 'GET' || (method === 'PUT' && /^[^/]+\/(_local\/|_design\/)?[^/]+$/.test(path));
}
