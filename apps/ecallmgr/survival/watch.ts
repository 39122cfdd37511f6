// Every half second on each switch: our own beat, a look at those of the others, and what follows from it.
import { errorText } from '../../../core/errors/index.ts';
import type { SwitchNode } from '../switch-node.ts';
import { beatEvery } from './lease.ts';
import { Peers } from './peers.ts';
import { takeOver } from './takeover.ts';

/** Runs until `stop`. */
export class Watch {
  readonly peers: Peers;
  readonly #node: SwitchNode;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(node: SwitchNode) {
    this.#node = node;
    this.peers = new Peers(node.client);
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), beatEvery);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  #tick(): void {
    const { lease, client, compared } = this.#node;
    if (!client.connected) return;
    void lease.beat();
    if (!compared || !lease.holds) return;
    this.#looking ??= this.#look()
      .catch((error: unknown) =>
        this.#node.around.log.debug('the others could not be watched', { error: errorText(error) }),
      )
      .finally(() => {
        this.#looking = undefined;
      });
  }

  async #look(): Promise<void> {
    const { owners, unowned } = this.#node.legs.foreign();
    const known = new Set([...owners, ...this.#node.shared.edges.ecallmgrs()]);
    this.peers.keep(known);
    await Promise.all(unowned.map((channel) => this.#learn(channel.callId)));
    await Promise.all([...known].map((owner) => this.#watch(owner)));
  }

  /** Its owner has not written its name on it yet, or it changed hands. */
  async #learn(callId: string): Promise<void> {
    const node = this.#node;
    const claim = await node.claims.findOwner(callId);
    const channel = node.legs.find(callId);
    if (channel?.ownership !== 'theirs') return;
    channel.owner = claim?.node ?? channel.get('Ecallmgr-Node');
  }

  async #watch(owner: string): Promise<void> {
    const node = this.#node;
    const matters = node.legs.of(owner).length > 0;
    const life = await this.peers.look(owner, matters);
    if (life === 'alive') node.legs.aged(owner);
    if (!matters || (life !== 'dead' && life !== 'free')) return;
    const began = performance.now();
    // Who let go has left all its lives.
    const dead = { node: owner, life: life === 'free' ? '~' : this.peers.lastLife(owner) };
    const taken = await takeOver(node, dead);
    if (taken === 0) return;
    node.shared.meters.takenOver(taken);
    node.around.log.warn('took over the calls of another ecallmgr', {
      from: owner,
      reason: life === 'dead' ? 'it gives no sign of life' : 'it lets go of them',
      legs: taken,
      milliseconds: Math.round(performance.now() - began),
    });
  }
}
