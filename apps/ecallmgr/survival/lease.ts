// Our sign of life on one switch, and whether we may still act for its calls.
import { AppError, errorText, hasCode } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import type { SwitchClient } from '../freeswitch/index.ts';
import type { Owner } from './claims.ts';
import { read, realms, remove, write } from './hash.ts';

/** Milliseconds between two beats. */
export const beatEvery = 500;
/** A node whose beat has not changed for so long is given up by the others. */
export const deadAfter = 3_000;
/** Who could not beat for so long does not act any more before it knows that it was not given up. */
const fencedAfter = 2_000;

export interface LeaseOptions {
  readonly client: SwitchClient;
  readonly node: string;
  readonly log: Logger;
  /** We had been given up: what others have taken meanwhile is theirs. Told before anything is acted upon again. */
  readonly onGivenUp: (before: Owner) => Promise<void>;
  /** We may act again. */
  readonly onRegained: () => void;
}

/**
 * The lease of one ecallmgr on one switch. Writer and readers of a beat exclude each other: a reader first writes that
 * the node is dead, then reads the beat again; the writer first beats, then reads whether it is dead. So of a node that
 * comes back in the last moment at least one of the two knows.
 */
export class Lease {
  readonly #options: LeaseOptions;
  #life = newLife();
  #beats = 0;
  /** When the last beat that arrived was sent. */
  #confirmed = Number.NEGATIVE_INFINITY;
  #needed = true;
  #beating: Promise<void> | undefined;
  #waiting: (() => void)[] = [];

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  get owner(): Owner {
    return { node: this.#options.node, life: this.#life };
  }

  /** Whether we may act for our calls. */
  get holds(): boolean {
    return !this.#needed || performance.now() - this.#confirmed < fencedAfter;
  }

  /** Resolves when we may act. */
  regained(): Promise<void> {
    if (this.holds) return Promise.resolve();
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  /** Beats once; whoever calls while a beat is under way waits for that one. Never rejects. */
  beat(): Promise<void> {
    this.#beating ??= this.#beat()
      .catch((error: unknown) => this.#options.log.debug('no beat', { error: errorText(error) }))
      .finally(() => {
        this.#beating = undefined;
      });
    return this.#beating;
  }

  /** Says that our calls are free from now on. */
  async release(): Promise<void> {
    await this.#beating;
    this.#confirmed = Number.NEGATIVE_INFINITY;
    await write(this.#options.client, realms.beats, this.#options.node, released);
  }

  async #beat(): Promise<void> {
    const { client, node, log, onGivenUp, onRegained } = this.#options;
    const sent = performance.now();
    let lapsed = !this.holds;
    try {
      this.#beats += 1;
      await write(client, realms.beats, node, `${this.#life}.${this.#beats}`);
      // Since it was sent as well: then somebody waits, and somebody else may have given us up.
      lapsed = !this.holds;
      if (lapsed && (await read(client, realms.dead, node)) !== undefined) await this.#begin(onGivenUp);
    } catch (error) {
      if (!hasCode(error, 'command_failed')) throw error;
      if (this.#needed) log.error('the switch cannot keep leases: load mod_hash', { error: error.message });
      this.#needed = false;
    }
    this.#confirmed = sent;
    if (!lapsed) return;
    if (!this.holds) throw new AppError('timeout', { message: 'the beat took too long' });
    onRegained();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** A new life: claims of the one before can be taken by others, so ours are made anew. */
  async #begin(onGivenUp: LeaseOptions['onGivenUp']): Promise<void> {
    const { client, node, log } = this.#options;
    const before = this.owner;
    this.#life = newLife();
    log.warn('this process was given up by others and is back', { before: before.life, now: this.#life });
    await write(client, realms.beats, node, `${this.#life}.${this.#beats}`);
    await onGivenUp(before);
    await remove(client, realms.dead, node);
  }
}

/** The beat of a node that has let go of its calls. */
export const released = 'released';

/** The life in which a beat was made. */
export const lifeOf = (beat: string): string => beat.split('.', 1)[0] ?? '';

let last = 0;
function newLife(): string {
  last = Math.max(last + 1, Date.now());
  return last.toString(36);
}
