// What waits for an answer, each with a deadline: in order (replies) or by key (jobs).
import { AppError } from '../../../core/errors/index.ts';

interface Pending {
  resolve(answer: string): void;
  reject(error: AppError): void;
  readonly timer: NodeJS.Timeout;
}

export class Pendings {
  // A Map keeps the order of insertion, so its first entry is the oldest.
  readonly #waiting = new Map<unknown, Pending>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Awaits the answer to `name` for `timeout` ms, then rejects with `command_timeout` (and tells `onLate`). */
  add(name: string, key: unknown, timeout: number, onLate?: () => void): Promise<string> {
    return new Promise((resolve, reject) => {
      const id = key ?? Symbol(name);
      const late = (): void => {
        this.#waiting.delete(id);
        reject(
          new AppError('command_timeout', {
            message: `the switch did not answer ${name} within ${timeout} ms`,
          }),
        );
        onLate?.();
      };
      this.#waiting.set(id, { resolve, reject, timer: setTimeout(late, timeout) });
    });
  }

  resolveFirst(answer: string): void {
    const { value: first } = this.#waiting.keys().next();
    if (first !== undefined) this.#settle(first)?.resolve(answer);
  }

  resolve(key: unknown, answer: string): void {
    this.#settle(key)?.resolve(answer);
  }

  reject(key: unknown, error: AppError): void {
    this.#settle(key)?.reject(error);
  }

  rejectAll(error: AppError): void {
    for (const key of [...this.#waiting.keys()]) this.#settle(key)?.reject(error);
  }

  #settle(key: unknown): Pending | undefined {
    const pending = this.#waiting.get(key);
    if (!pending) return undefined;
    this.#waiting.delete(key);
    clearTimeout(pending.timer);
    return pending;
  }
}
