// What the bus could not be told is kept, the newest of each contact, and told in its order when the broker is back.

export interface Untold<T> {
  /** Tells it now, or behind what waits already. */
  tell(key: string, message: T): void;
  /** How many wait. */
  readonly size: number;
  stop(): void;
}

const tryEvery = 1_000;
const most = 20_000;

/** `send` rejects when it could not be told; `onLost` hears of what found no room: the oldest goes first. */
export function createUntold<T>(send: (message: T) => Promise<void>, onLost: () => void): Untold<T> {
  const waiting = new Map<string, T>();
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  let stopped = false;

  const keep = (key: string, message: T): void => {
    waiting.delete(key);
    waiting.set(key, message);
    const [oldest] = waiting.keys();
    if (waiting.size > most && oldest !== undefined) {
      waiting.delete(oldest);
      onLost();
    }
  };
  const later = (): void => {
    if (!stopped) timer ??= setTimeout(() => void drain(), tryEvery);
  };
  const drain = async (): Promise<void> => {
    timer = undefined;
    if (busy) return;
    busy = true;
    try {
      for (const [key, message] of waiting) {
        await send(message);
        // What replaced it meanwhile stays.
        if (waiting.get(key) === message) waiting.delete(key);
      }
    } catch {
      later();
    } finally {
      busy = false;
    }
    if (waiting.size > 0) later();
  };
  return {
    tell: (key, message) => {
      if (waiting.size > 0) {
        keep(key, message);
        later();
        return;
      }
      send(message).catch(() => {
        // A newer one of the same contact may wait by now.
        if (!waiting.has(key)) keep(key, message);
        later();
      });
    },
    get size() {
      return waiting.size;
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
