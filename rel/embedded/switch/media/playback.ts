// One playback: a source with its repeats and terminators, and the promise of how it ended.
import type { Frame, PlayOptions, PlayResult, Source } from './contract.ts';
import { FRAME_MS } from './frame.ts';
import { isTerminator } from './recorder.ts';

/** A playback under way; its owner reads a frame of it every 20 ms. */
export class Playback {
  readonly finished: Promise<PlayResult>;
  readonly #source: Source;
  readonly #terminators: string | undefined;
  #loopsLeft: number;
  #frames = 0;
  #paused = false;
  #ended = false;
  #settle: (result: PlayResult) => void = () => {};

  constructor(source: Source, options: PlayOptions = {}) {
    this.#source = source;
    this.#terminators = options.terminators;
    this.#loopsLeft = options.loops === 0 ? Number.POSITIVE_INFINITY : (options.loops ?? 1);
    this.finished = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Fills `frame`; false when it has ended, with silence in `frame`. */
  read(frame: Frame): boolean {
    if (this.#ended) {
      frame.fill(0);
      return false;
    }
    if (this.#paused) {
      frame.fill(0);
      return true;
    }
    if (this.#source.read(frame) || this.#again(frame)) {
      this.#frames++;
      return true;
    }
    this.end('done');
    return false;
  }

  seek(deltaMs: number): void {
    this.#source.seek?.(deltaMs);
  }

  pause(on: boolean): void {
    this.#paused = on;
  }

  digit(digit: string): void {
    if (isTerminator(this.#terminators, digit)) this.end('dtmf', digit);
  }

  /** Ends it; a second call changes nothing. */
  end(reason: PlayResult['reason'], digit?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#source.close();
    const playedMs = this.#frames * FRAME_MS;
    this.#settle(digit === undefined ? { reason, playedMs } : { reason, digit, playedMs });
  }

  /** Starts the next repeat; one that yields nothing at all ends it, or it would be tried for ever. */
  #again(frame: Frame): boolean {
    this.#loopsLeft--;
    if (this.#loopsLeft < 1 || !this.#source.rewind) return false;
    this.#source.rewind();
    return this.#source.read(frame);
  }
}
