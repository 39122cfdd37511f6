// The other edges of this kind, as their heartbeats tell of them: what they send is from inside, and phones of theirs are
// reached through them.
import { getAt, isRecord, type MessageOf } from '../../../core/contract/index.ts';
import type { advertise } from '../../../core/messages/nodes.ts';
import type { Source } from './location.ts';

interface Peer {
  /** `host:port` of what it listens on by UDP: it sends from there, and is sent to there. */
  readonly addresses: ReadonlySet<string>;
  /** Changes when it starts anew. */
  readonly startup: unknown;
  /** Epoch ms. */
  readonly until: number;
}

export class Peers {
  readonly #peers = new Map<string, Peer>();
  readonly #self: string;
  readonly #silenceCounts: () => boolean;

  /** @param silenceCounts whether who is not heard of is gone: not while the broker is away. */
  constructor(self: string, silenceCounts: () => boolean = () => true) {
    this.#self = self;
    this.#silenceCounts = silenceCounts;
  }

  /** Takes a heartbeat; true when it is of an edge that has just come, and knows nothing of us yet. */
  learn(message: MessageOf<typeof advertise>): boolean {
    const { Node: node = '', Startup: startup, Expires, WhApps, Roles } = message;
    if (node === this.#self || WhApps?.['edge'] === undefined) return false;
    const known = this.#peers.get(node);
    const listed = getAt(Roles, 'Proxy.Listeners');
    const told = isRecord(listed) ? Object.values(listed).flatMap(addressOf) : [];
    // One that drains, or has lost its server, offers no address, and may still send from the one it had.
    const addresses = told.length > 0 ? new Set(told) : (known?.addresses ?? new Set<string>());
    // A node is gone after 1.25 times what it promised (contract/kapi.md, nodes).
    this.#peers.set(node, { addresses, startup, until: Date.now() + Expires * 1.25 });
    return known?.startup !== startup;
  }

  /** Whether this edge is alive, as far as is known. */
  has(node: string): boolean {
    return this.#alive().has(node);
  }

  /** True for a request that one of them sent. */
  isPeer({ protocol, host, port }: Source): boolean {
    if (protocol !== 'udp') return false;
    return [...this.#alive().values()].some(({ addresses }) => addresses.has(`${host}:${port}`));
  }

  #alive(): ReadonlyMap<string, Peer> {
    if (this.#silenceCounts())
      for (const [node, { until }] of this.#peers) if (until < Date.now()) this.#peers.delete(node);
    return this.#peers;
  }
}

/** Of `{proto, address, port}`, for UDP. */
function addressOf(listener: unknown): string[] {
  if (!isRecord(listener) || listener['proto'] !== 'udp') return [];
  return [`${String(listener['address']).replace(/^\[|\]$/g, '')}:${listener['port']}`];
}
