// One clock for all media: calls everybody every 20 ms, without drift, and catches up when the process was late.
import { performance } from 'node:perf_hooks';
import { FRAME_MS } from './frame.ts';

type Tick = (count: number) => void;

/** After a longer stall than this many ticks the missed ones are skipped: nobody wants a second of audio in a burst. */
const MOST_CATCH_UP = 10;

/**
 * The shared clock. One timer serves every session: its next time is counted from the start, so that lateness
 * of one tick never adds to the next. It runs only while somebody listens.
 */
export class Ticker {
  /** Ticks since the process began; RTP timestamps are derived from it, skipped ticks count. */
  count = 0;
  /** `performance.now()` at the last tick. */
  now = performance.now();
  /** Told of a listener's exception; the others are still called. */
  onError: (error: unknown) => void = (error) =>
    process.emitWarning(error instanceof Error ? error : String(error));

  readonly #listeners = new Set<Tick>();
  #timer: NodeJS.Timeout | undefined;
  #next = 0;

  get running(): boolean {
    return this.#timer !== undefined;
  }

  add(listener: Tick): void {
    this.#listeners.add(listener);
    if (this.#timer) return;
    this.now = performance.now();
    this.#next = this.now + FRAME_MS;
    this.#arm();
  }

  remove(listener: Tick): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    this.#timer = setTimeout(this.#run, Math.max(0, Math.ceil(this.#next - performance.now())));
  }

  readonly #run = (): void => {
    this.now = performance.now();
    const late = Math.floor((this.now - this.#next) / FRAME_MS);
    if (late > MOST_CATCH_UP) {
      this.count += late - MOST_CATCH_UP;
      this.#next += (late - MOST_CATCH_UP) * FRAME_MS;
    }
    while (this.#next <= this.now && this.#listeners.size > 0) {
      this.count++;
      this.#next += FRAME_MS;
      for (const listener of this.#listeners) this.#call(listener);
    }
    if (this.#listeners.size > 0) this.#arm();
  };

  #call(listener: Tick): void {
    try {
      listener(this.count);
    } catch (error) {
      this.onError(error);
    }
  }
}

/** The clock of this process. */
export const ticker = new Ticker();
