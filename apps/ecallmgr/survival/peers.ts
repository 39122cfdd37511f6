// The other ecallmgr on one switch: whose beat goes on, who has died, who has let go.
import type { SwitchClient } from '../freeswitch/index.ts';
import { read, realms, write } from './hash.ts';
import { beatEvery, deadAfter, lifeOf, released } from './lease.ts';

interface Seen {
  beat: string | undefined;
  /** The life before this one. */
  previous?: string | undefined;
  /** Since when it stands, by our clock. */
  since: number;
  /** How often it was read since: time in which we were stopped ourselves says nothing. */
  reads: number;
  dead: boolean;
}

/** `reborn`: it began a new life; what it had to tell in the one before it may not have told. */
export type Life = 'alive' | 'reborn' | 'silent' | 'dead' | 'free';

export class Peers {
  readonly #client: SwitchClient;
  readonly #seen = new Map<string, Seen>();

  constructor(client: SwitchClient) {
    this.#client = client;
  }

  /**
   * Reads the beat of a node: `alive` when it has changed since the last look, `free` when it let go of its calls. Only
   * who matters is declared `dead`. Rejects when the switch is away.
   */
  async look(node: string, matters: boolean): Promise<Life> {
    const beat = await read(this.#client, realms.beats, node);
    const now = performance.now();
    const before = this.#seen.get(node);
    if (!before || before.beat !== beat) {
      const gone = before?.beat !== undefined && beat === undefined;
      const reborn = before?.beat !== undefined && beat !== undefined && lifeOf(before.beat) !== lifeOf(beat);
      const previous = reborn ? lifeOf(before.beat ?? '') : before?.previous;
      this.#seen.set(node, { beat, previous, since: now, reads: 0, dead: gone });
      if (gone || beat === released) return 'free';
      if (reborn && previous !== released) return 'reborn';
      return before && beat !== undefined ? 'alive' : 'silent';
    }
    if (beat === released) return 'free';
    before.reads += 1;
    if (before.dead) return 'dead';
    if (now - before.since < deadAfter || before.reads < deadAfter / beatEvery - 1) return 'silent';
    if (!matters) return 'silent';
    before.dead = await this.#declare(node, beat);
    return before.dead ? 'dead' : 'silent';
  }

  /** The last life of a node that is dead: its claims may be taken. */
  lastLife(node: string): string {
    return lifeOf(this.#seen.get(node)?.beat ?? '');
  }

  /** The life before, of one that was reborn. */
  lifeBefore(node: string): string {
    return this.#seen.get(node)?.previous ?? '';
  }

  /** True while somebody else is seen to live on this switch. */
  get anybody(): boolean {
    const now = performance.now();
    return [...this.#seen.values()].some(
      ({ beat, since, dead }) =>
        beat !== undefined && beat !== released && !dead && now - since < deadAfter / 2,
    );
  }

  /** Forgets who is not asked about any more. */
  keep(nodes: ReadonlySet<string>): void {
    for (const node of this.#seen.keys()) if (!nodes.has(node)) this.#seen.delete(node);
  }

  /** First says that it is dead, then looks once more: it does the same the other way round. */
  async #declare(node: string, beat: string | undefined): Promise<boolean> {
    await write(this.#client, realms.dead, node, 'dead');
    return (await read(this.#client, realms.beats, node)) === beat;
  }
}
