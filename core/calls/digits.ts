// Digits of a call in the order they were pressed, kept until somebody takes them.
import type { AppError } from '../errors/index.ts';

// A phone that is leant on must not fill the memory.
const limit = 256;

interface Pressed {
  readonly digit: string;
  /** Msg-ID of the event that told it. */
  readonly id: string | undefined;
}

/** A queue of digits with one reader. */
export class DigitQueue {
  readonly #pressed: Pressed[] = [];
  #taken: string | undefined;
  #wake: ((digit: string | undefined) => void) | undefined;
  #fail: ((reason: AppError) => void) | undefined;

  get waiting(): boolean {
    return this.#pressed.length > 0;
  }

  /** The id of the last digit that was taken, or forgotten. */
  get taken(): string | undefined {
    return this.#taken;
  }

  push(digit: string, id?: string): void {
    if (this.#wake) {
      this.#taken = id ?? this.#taken;
      this.#wake(digit);
    } else if (this.#pressed.length < limit) this.#pressed.push({ digit, id });
  }

  /** The next digit, or undefined after `timeout` milliseconds. Rejects when the call ends meanwhile. */
  next(timeout: number): Promise<string | undefined> {
    const waiting = this.#pressed.shift();
    if (waiting !== undefined) {
      this.#taken = waiting.id ?? this.#taken;
      return Promise.resolve(waiting.digit);
    }
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        this.#fail = undefined;
      };
      const timer = setTimeout(() => this.#wake?.(undefined), timeout);
      this.#wake = (digit) => {
        done();
        resolve(digit);
      };
      this.#fail = (reason) => {
        done();
        reject(reason);
      };
    });
  }

  clear(): void {
    this.#taken = this.#pressed.at(-1)?.id ?? this.#taken;
    this.#pressed.length = 0;
  }

  end(reason: AppError): void {
    this.clear();
    this.#fail?.(reason);
  }
}
