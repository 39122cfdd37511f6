// Every half second on each switch: our own beat, a look at those of the others, and what follows from it.
import { errorText } from '../../../core/errors/index.ts';
import type { SwitchNode } from '../switch-node.ts';
import { beatEvery } from './lease.ts';
import { type Life, Peers } from './peers.ts';
import { inherit, takeOver } from './takeover.ts';

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
    // Claimed by us, though we were not told so.
    if (claim?.node === node.node && (await node.claims.seize(callId, claim))) await inherit(node, channel);
    else channel.owner = claim?.node ?? channel.get('Ecallmgr-Node');
  }

  async #watch(owner: string): Promise<void> {
    const node = this.#node;
    const matters = node.legs.of(owner).length > 0;
    const life = await this.peers.look(owner, matters);
    if (matters) await this.#follow(owner, life);
    if (life === 'alive') node.legs.aged(owner);
  }

  async #follow(owner: string, life: Life): Promise<void> {
    if (life === 'dead') await this.#take(owner, this.peers.lastLife(owner), 'it gives no sign of life');
    // Who let go has left all its lives.
    if (life === 'free') await this.#take(owner, '~', 'it lets go of them');
    // It takes up what lives itself, but nobody but us heard what ended.
    if (life === 'reborn')
      await takeOver(this.#node, { node: owner, life: this.peers.lifeBefore(owner) }, true);
  }

  async #take(owner: string, life: string, reason: string): Promise<void> {
    const node = this.#node;
    const began = performance.now();
    const legs = await takeOver(node, { node: owner, life });
    if (legs === 0) return;
    node.shared.meters.takenOver(legs);
    const milliseconds = Math.round(performance.now() - began);
    node.around.log.warn('took over the calls of another ecallmgr', {
      from: owner,
      reason,
      legs,
      milliseconds,
    });
  }
}
