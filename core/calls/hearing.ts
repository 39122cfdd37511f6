// Hearing of calls: several parts of a process may hear the same one, and what is heard goes on when the call changes its id.
import type { Subscription } from '../amqp/index.ts';
import { segment } from '../contract/index.ts';
import type { CallMessage } from './controlled-call.ts';

// What comes before anybody listens is kept; a call that nobody ever listens to must not fill the memory.
const keptLimit = 64;
// Another ecallmgr that takes a call over tells the events of the last second again.
const rememberedIds = 32;
// The transferee is told of an attended transfer right behind the replacement of the other leg.
const afterReplacement = 5_000;

/** One hearing of one call. It follows the call to the leg that replaces it (CHANNEL_REPLACED). */
export interface Hearing {
  /** The id that the call has now. */
  readonly callId: string;
  readonly fetchId: string | undefined;
  /**
   * Hands on what is told of the call, what was told before included. `onGap` is told when something may have been missed,
   * for the broker was away. Replaces an earlier listener.
   */
  listen(deliver: (message: CallMessage) => void, onGap?: () => void): void;
  /** Keeps what is told until somebody listens again. */
  pause(): void;
  /** Hears no more. */
  release(): Promise<void>;
}

/** A hearing that can be told that it has missed something. */
export interface Mendable extends Hearing {
  readonly released: boolean;
  missed(): void;
  take(message: CallMessage): void;
}

interface Heard {
  readonly ears: Set<Ear>;
  /** Msg-IDs of the last events, oldest first. */
  readonly recent: Set<string>;
  readonly bound: Promise<void>;
}

/** Every hearing of a process. One subscription is bound to the events of each call that somebody hears. */
export class Hearings {
  readonly #calls = new Map<string, Heard>();
  #events: Subscription | undefined;

  /** To be called once, before anything is heard. */
  attach(events: Subscription): void {
    this.#events = events;
  }

  /** Whether the call is heard already under this route request. */
  has(callId: string, fetchId: string): boolean {
    return [...(this.#calls.get(callId)?.ears ?? [])].some((ear) => ear.fetchId === fetchId);
  }

  /** Resolves once the call's events are heard. `fetchId` says under which route request that is. */
  async open(callId: string, fetchId?: string): Promise<Hearing> {
    const ear = new Ear(this, callId, fetchId);
    await this.enter(ear);
    return ear;
  }

  /** All of them. */
  *all(): Generator<Mendable> {
    for (const { ears } of this.#calls.values()) yield* ears;
  }

  deliver(message: CallMessage): void {
    const heard = this.#calls.get(message['Call-ID']);
    if (!heard || isRepeated(heard.recent, message)) return;
    // A hearing may move while it is told.
    for (const ear of [...heard.ears]) ear.take(message);
  }

  async enter(ear: Ear): Promise<void> {
    const { callId } = ear;
    let heard = this.#calls.get(callId);
    if (!heard) {
      heard = {
        ears: new Set(),
        recent: new Set(),
        bound: this.#events?.bind(binding(callId)) ?? Promise.resolve(),
      };
      this.#calls.set(callId, heard);
    }
    heard.ears.add(ear);
    try {
      await heard.bound;
    } catch (error) {
      heard.ears.delete(ear);
      if (this.#calls.get(callId) === heard && heard.ears.size === 0) this.#calls.delete(callId);
      throw error;
    }
  }

  async leave(ear: Ear, callId: string): Promise<void> {
    const heard = this.#calls.get(callId);
    heard?.ears.delete(ear);
    // An unbinding must not overtake the binding; meanwhile somebody else may want to hear the call.
    await heard?.bound.catch(() => undefined);
    if (!heard || heard.ears.size > 0 || this.#calls.get(callId) !== heard) return;
    this.#calls.delete(callId);
    await this.#events?.unbind(binding(callId));
  }
}

const binding = (callId: string) => ({ exchange: 'callevt', key: `call.*.${segment(callId)}` }) as const;

/** Completions and refusals bear the id of their command, and are told again to whoever asks again. */
function isRepeated(recent: Set<string>, message: CallMessage): boolean {
  const { 'Msg-ID': id, 'Event-Name': name } = message;
  const own = name !== 'CHANNEL_EXECUTE_COMPLETE' && name !== 'CHANNEL_EXECUTE_ERROR' && name !== 'dialplan';
  if (!own || id === undefined) return false;
  if (recent.has(id)) return true;
  recent.add(id);
  if (recent.size > rememberedIds) for (const oldest of recent) return !recent.delete(oldest);
  return false;
}

class Ear implements Mendable {
  callId: string;
  readonly fetchId: string | undefined;
  readonly #all: Hearings;
  #kept: CallMessage[] | undefined = [];
  #deliver: (message: CallMessage) => void = () => undefined;
  #moved: Promise<void> = Promise.resolve();
  #followedAt = Number.NEGATIVE_INFINITY;
  #onGap: () => void = () => undefined;
  released = false;

  constructor(all: Hearings, callId: string, fetchId: string | undefined) {
    this.#all = all;
    this.callId = callId;
    this.fetchId = fetchId;
  }

  missed(): void {
    this.#onGap();
  }

  listen(deliver: (message: CallMessage) => void, onGap: () => void = () => undefined): void {
    this.#onGap = onGap;
    this.#deliver = deliver;
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    for (const message of kept) deliver(message);
  }

  pause(): void {
    this.#kept ??= [];
  }

  take(message: CallMessage): void {
    if (this.released) return;
    if (message['Event-Name'] === 'CHANNEL_REPLACED' && message['Replaced-By'])
      this.#follow(message['Replaced-By']);
    // That is for whoever controlled the leg until now: it has come into the place of ours.
    else if (isAttended(message) && performance.now() - this.#followedAt < afterReplacement) return;
    if (!this.#kept) this.#deliver(message);
    else if (this.#kept.length < keptLimit) this.#kept.push(message);
  }

  async release(): Promise<void> {
    this.released = true;
    try {
      await this.#moved;
    } finally {
      await this.#all.leave(this, this.callId);
    }
  }

  // The end of the old leg is not the end of the call: it is not heard any more.
  #follow(callId: string): void {
    const before = this.callId;
    if (callId === before) return;
    this.callId = callId;
    this.#followedAt = performance.now();
    const [entered, left] = [this.#all.enter(this), this.#all.leave(this, before)];
    this.#moved = Promise.all([this.#moved, entered, left]).then(() => undefined);
    // Told by `release`; a broker that is away binds again what is bound here when it returns.
    this.#moved.catch(() => undefined);
  }
}

const isAttended = (message: CallMessage): boolean =>
  message['Event-Name'] === 'CHANNEL_TRANSFEREE' && message['Transfer-Type'] === 'attended';
