// The queue between the reader, which never waits, and what handles events: bounded, drained in turns of the event loop.

export interface Intake<T> {
  push(item: T): void;
  readonly waiting: number;
  /** Goes on after `mayHandle` has said no. */
  resume(): void;
  /** Forgets what waits and takes nothing more. */
  stop(): void;
}

/**
 * Hands items to `handle` in order, a slice per turn so that sockets and timers get theirs. When `limit` items wait,
 * further ones are dropped and counted by `onDrop`; `onRecovered` is told once the queue is empty again.
 */
export function createIntake<T>({
  limit = 20_000,
  slice = 100,
  mayHandle = () => true,
  handle,
  onDrop,
  onRecovered,
}: {
  readonly limit?: number;
  readonly slice?: number;
  /** While it says no, everything waits. */
  readonly mayHandle?: () => boolean;
  readonly handle: (item: T) => void;
  readonly onDrop: (item: T) => void;
  readonly onRecovered: () => void;
}): Intake<T> {
  let waiting: T[] = [];
  let next = 0;
  let scheduled = false;
  let dropped = false;
  let stopped = false;
  const drain = (): void => {
    scheduled = false;
    if (!mayHandle()) return;
    const end = Math.min(next + slice, waiting.length);
    while (next < end && !stopped) handle(waiting[next++] as T);
    if (next < waiting.length) {
      schedule();
      return;
    }
    waiting = [];
    next = 0;
    if (dropped && !stopped) {
      dropped = false;
      onRecovered();
    }
  };
  const schedule = (): void => {
    if (scheduled || stopped) return;
    scheduled = true;
    setImmediate(drain);
  };
  return {
    push: (item) => {
      if (stopped) return;
      if (waiting.length - next >= limit) {
        dropped = true;
        onDrop(item);
        return;
      }
      waiting.push(item);
      schedule();
    },
    resume: () => {
      if (next < waiting.length) schedule();
    },
    get waiting() {
      return waiting.length - next;
    },
    stop: () => {
      stopped = true;
      waiting = [];
    },
  };
}
