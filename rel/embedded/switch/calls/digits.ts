// The digits a caller has pressed and nobody has taken yet.

export interface DigitQueue {
  push(digit: string): void;
  clear(): void;
  /** The next digit, waiting for it; undefined when the signal aborts first. */
  next(signal: AbortSignal): Promise<string | undefined>;
}

const MAX_WAITING_DIGITS = 256;

export function createDigitQueue(): DigitQueue {
  const waiting: string[] = [];
  const takers: ((digit: string) => void)[] = [];
  return {
    push(digit) {
      const taker = takers.shift();
      if (taker) taker(digit);
      else if (waiting.length < MAX_WAITING_DIGITS) waiting.push(digit);
    },
    clear() {
      waiting.length = 0;
    },
    next(signal) {
      if (signal.aborted) return Promise.resolve(undefined);
      const first = waiting.shift();
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((resolve) => {
        const stop = () => {
          takers.splice(takers.indexOf(take), 1);
          resolve(undefined);
        };
        const take = (digit: string) => {
          signal.removeEventListener('abort', stop);
          resolve(digit);
        };
        takers.push(take);
        signal.addEventListener('abort', stop, { once: true });
      });
    },
  };
}
