// The times of RFC 3261 §17 (table 4), and a clock that a test can replace.

export interface Timers {
  /** Round-trip estimate, 500 ms. */
  t1: number;
  /** Longest interval between retransmissions, 4 s. */
  t2: number;
  /** How long a message stays in the network, 5 s. */
  t4: number;
  /** An INVITE without a response for so long is answered 100, 200 ms (§17.2.1). */
  trying: number;
  /** Runs `run` after `ms`; the function given back cancels it. */
  after(ms: number, run: () => void): () => void;
}

export const TIMERS: Timers = {
  t1: 500,
  t2: 4000,
  t4: 5000,
  trying: 200,
  after(ms, run) {
    const handle = setTimeout(run, ms);
    return () => clearTimeout(handle);
  },
};

/** The running timers of one transaction, by name, so that all can be stopped at once. */
export class TimerSet {
  #timers: Timers;
  #running = new Map<string, () => void>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  start(name: string, ms: number, run: () => void): void {
    this.stop(name);
    const cancel = this.#timers.after(ms, () => {
      this.#running.delete(name);
      run();
    });
    this.#running.set(name, cancel);
  }

  /** Calls `send` after `first`, then at doubled intervals no longer than `longest`, until stopped. */
  repeat(name: string, first: number, longest: number, send: () => void): void {
    this.start(name, first, () => {
      this.repeat(name, Math.min(first * 2, longest), longest, send);
      send();
    });
  }

  stop(...names: string[]): void {
    for (const name of names) {
      this.#running.get(name)?.();
      this.#running.delete(name);
    }
  }

  stopAll(): void {
    this.stop(...this.#running.keys());
  }
}
