// Which nodes of a cluster may be asked: one that fails, has stopped answering or has lost the others is left out until it is back.
import { AppError } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import type { Connection, Unreachable } from './connection.ts';
import { backlogOf, isBack, seesMost } from './probes.ts';

/** How often a node that is out is asked whether it is back. */
const lookMs = 1_000;
/** How often nodes are asked whether they still see the others. */
const watchMs = 5_000;
/** After a node is back others bring it what it has missed: for so long at least and at most, in milliseconds. */
const catchingUp = { least: 10_000, most: 300_000 };

export interface Node {
  readonly connection: Connection;
  /** Left out until it is known to be back. */
  out: boolean;
  /** Asks whether it is back. */
  probing: Promise<void> | undefined;
  next: NodeJS.Timeout | undefined;
}

export interface NodesOptions {
  readonly log: Logger;
  /** A node has answered that has lost the others: what was read of it may be old. */
  readonly onDoubt: () => void;
}

export class Nodes {
  readonly #nodes: readonly Node[];
  readonly #options: NodesOptions;
  readonly #watch: NodeJS.Timeout | undefined;
  /** When a node came back last, until it has what it missed. */
  #backSince: number | undefined;
  #catchUp: NodeJS.Timeout | undefined;
  #suspecting = false;
  #turn = 0;
  #closed = false;

  /** Throws `invalid_config` without a connection. */
  constructor(connections: readonly Connection[], options: NodesOptions) {
    if (connections.length === 0)
      throw new AppError('invalid_config', { message: 'store.urls names no CouchDB node' });
    this.#options = options;
    this.#nodes = connections.map((connection) => ({
      connection,
      out: false,
      probing: undefined,
      next: undefined,
    }));
    if (connections.length > 1) this.#watch = setInterval(() => this.suspect(), watchMs).unref();
  }

  /** A node has come back and may not have all that was written meanwhile: a view that it answers may be old. */
  get isCatchingUp(): boolean {
    return this.#backSince !== undefined;
  }

  /** Nodes that answer, in turn. While all are out, those that are just being asked whether they are back count. */
  async order(firstFirst: boolean): Promise<readonly Node[]> {
    this.#turn = firstFirst ? 0 : (this.#turn + 1) % this.#nodes.length;
    const turned = [...this.#nodes.slice(this.#turn), ...this.#nodes.slice(0, this.#turn)];
    if (turned.every(({ out }) => out)) await Promise.all(turned.map(({ probing }) => probing));
    return turned.filter(({ out }) => !out);
  }

  /** Leaves a node out until it is back. */
  lose(node: Node, error: Unreachable): void {
    this.#leaveOut(node, 'CouchDB does not answer', { error });
  }

  /**
   * Looks for nodes that are cut off from the others, and leaves them out: they answer what was before, and take writes that nobody
   * else has. Where no node sees most of the cluster all are as good as each other.
   */
  suspect(): void {
    const up = this.#nodes.filter(({ out }) => !out);
    if (up.length < 2 || this.#closed || this.#suspecting) return;
    this.#suspecting = true;
    const looks = up.map(({ connection }) => seesMost(connection).catch(() => undefined));
    void Promise.all(looks).then((seeing) => {
      this.#suspecting = false;
      if (!seeing.includes(true)) return;
      const lonely = up.filter((_, index) => seeing[index] === false);
      for (const node of lonely)
        this.#leaveOut(node, 'CouchDB has lost the other nodes', { url: node.connection.url });
      if (lonely.length > 0) this.#options.onDoubt();
    });
  }

  /** Asks no node again. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#catchUp);
    for (const node of this.#nodes) clearTimeout(node.next);
  }

  #leaveOut(node: Node, why: string, details: Record<string, unknown>): void {
    if (node.out || this.#closed) return;
    this.#options.log.warn(why, details);
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
    this.#options.log.info('CouchDB answers again', { url: node.connection.url });
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
}
