// The legs of one switch: those that live, and those of others that have ended and may have to be told by us.
import type { Channel } from '../channel.ts';
import { Recent } from '../recent.ts';

export class Legs {
  readonly live = new Map<string, Channel>();
  /** Of other ecallmgr, until it is known that their owner has told the end. */
  readonly #ended = new Map<string, Channel>();
  // Events of a leg may trail its end; its record must not be written again for them.
  readonly #gone = new Recent(10_000);
  readonly #onEnd: (leg: Channel) => void;

  /** `onEnd` hears of each leg that has ended. */
  constructor(onEnd: (leg: Channel) => void) {
    this.#onEnd = onEnd;
  }

  add(leg: Channel): void {
    this.live.set(leg.callId, leg);
  }

  /** A leg that lives, or of another ecallmgr that has ended. */
  find(callId: string): Channel | undefined {
    return this.live.get(callId) ?? this.#ended.get(callId);
  }

  /** True for a leg that has ended. */
  isGone(callId: string): boolean {
    return this.#gone.has(callId);
  }

  /** The leg has ended. */
  forget(leg: Channel): void {
    this.live.delete(leg.callId);
    this.#gone.add(leg.callId);
    this.#onEnd(leg);
    if (leg.ownership === 'theirs') this.#ended.set(leg.callId, leg);
    else this.#ended.delete(leg.callId);
  }

  get ours(): Channel[] {
    return [...this.live.values()].filter(({ ownership }) => ownership === 'ours');
  }

  /** The legs of another ecallmgr, those that have ended unheard among them. */
  of(owner: string): Channel[] {
    return [...this.#theirs()].filter((leg) => leg.owner === owner);
  }

  /** Who owns the legs that are not ours, and the legs of which that is not known. */
  foreign(): { readonly owners: ReadonlySet<string>; readonly unowned: readonly Channel[] } {
    const owners = new Set<string>();
    const unowned: Channel[] = [];
    for (const leg of this.#theirs())
      if (leg.owner === undefined) unowned.push(leg);
      else owners.add(leg.owner);
    return { owners, unowned };
  }

  /** The owner of these legs has lived on: what it had to tell a while ago is told. */
  aged(owner: string): void {
    for (const leg of this.of(owner)) {
      leg.age();
      if (leg.over && leg.holds === 0) this.#ended.delete(leg.callId);
    }
  }

  *#theirs(): Generator<Channel> {
    for (const leg of this.live.values()) if (leg.ownership === 'theirs') yield leg;
    yield* this.#ended.values();
  }
}
