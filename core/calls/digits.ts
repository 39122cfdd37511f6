// Digits of a call in the order they were pressed, kept until somebody takes them.
import type { AppError } from '../errors/index.ts';

// A phone that is leant on must not fill the memory.
const limit = 256;

/** A queue of digits with one reader. */
export class DigitQueue {
  readonly #digits: string[] = [];
  #wake: ((digit: string | undefined) => void) | undefined;
  #fail: ((reason: AppError) => void) | undefined;

  get waiting(): boolean {
    return this.#digits.length > 0;
  }

  push(digit: string): void {
    if (this.#wake) this.#wake(digit);
    else if (this.#digits.length < limit) this.#digits.push(digit);
  }

  /** The next digit, or undefined after `timeout` milliseconds. Rejects when the call ends meanwhile. */
  next(timeout: number): Promise<string | undefined> {
    const waiting = this.#digits.shift();
    if (waiting !== undefined) return Promise.resolve(waiting);
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
    this.#digits.length = 0;
  }

  end(reason: AppError): void {
    this.clear();
    this.#fail?.(reason);
  }
}
