// The nodes of the cluster as every process knows them: each tells of itself, and remembers who was heard of.
import type { Bus } from '../amqp/index.ts';
import type { MessageOf } from '../contract/index.ts';
import { toAppError } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import { advertise } from '../messages/nodes.ts';

/** A node that was heard of. */
export interface KnownNode {
  readonly node: string;
  readonly zone: string | undefined;
  readonly version: string | undefined;
  readonly apps: readonly string[];
  /** Epoch ms. */
  readonly heardAt: number;
  /** It has not told of itself for longer than it promised. */
  readonly gone: boolean;
}

/** Milliseconds; a node that is gone is remembered for ten minutes, so that an operator sees what is missing. */
const every = 10_000;
const memory = 600_000;

type Advertisement = Omit<MessageOf<typeof advertise>, 'Event-Category' | 'Event-Name' | 'App-Name'>;

/** Who was heard of. A node whose last words were `Expires: 0` has left and is forgotten. */
export class KnownNodes {
  readonly #nodes = new Map<string, Omit<KnownNode, 'gone'> & { readonly until: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  learn({ Node: node, Expires, Zone, Version, WhApps = {} }: Partial<Advertisement>): void {
    if (node === undefined || Expires === undefined) return;
    const apps = Object.keys(WhApps).sort();
    if (Expires === 0) this.#forget(node, apps);
    else
      this.#nodes.set(node, {
        node,
        zone: Zone,
        version: Version,
        apps,
        heardAt: this.#now(),
        // A receiver gives it a quarter more (contract/kapi.md, nodes).
        until: this.#now() + Expires * 1.25,
      });
  }

  /** A process takes its apps with it, some of which tell of themselves as well (ecallmgr, the edge). */
  #forget(node: string, apps: readonly string[]): void {
    this.#nodes.delete(node);
    for (const [other, known] of this.#nodes)
      if (hostOf(other) === hostOf(node) && known.apps.every((app) => apps.includes(app)))
        this.#nodes.delete(other);
  }

  list(): KnownNode[] {
    const now = this.#now();
    for (const [node, { heardAt }] of this.#nodes) if (heardAt + memory < now) this.#nodes.delete(node);
    return [...this.#nodes.values()].map(({ until, ...node }) => ({ ...node, gone: until < now }));
  }
}

const hostOf = (node: string): string | undefined => node.split('@').at(-1);

export interface Presence {
  readonly known: KnownNodes;
  /** Says goodbye. */
  stop(): Promise<void>;
}

/** Tells of this process every ten seconds, and listens to the others. */
export async function joinNodes(
  bus: Bus,
  log: Logger,
  describe: () => Parameters<typeof bus.publish<typeof advertise>>[1],
): Promise<Presence> {
  const known = new KnownNodes();
  const heard = await bus.consume(
    { bindings: [{ exchange: 'nodes', key: '' }], contracts: [advertise] },
    ({ message }) => known.learn(message),
  );
  const tell = (expires: number): Promise<void> =>
    bus
      .publish(advertise, { ...describe(), Expires: expires }, { timeout: 1_000 })
      .catch((error: unknown) => log.debug('the heartbeat was not sent', { error: toAppError(error) }));
  const timer = setInterval(() => void tell(every * 2), every);
  await tell(every * 2);
  return {
    known,
    stop: async () => {
      clearInterval(timer);
      await tell(0);
      await heard.stop();
    },
  };
}
