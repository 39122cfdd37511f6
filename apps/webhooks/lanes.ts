// A bounded queue for each hook: a slow one waits for itself and never grows without end.

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
  /** Since it was full, until there is room again. */
  isFull: boolean;
}

export interface Lanes {
  /** Waits for its turn and runs. Resolves to undefined when the lane is full; `first` tells the first such refusal. */
  run<T>(
    key: string,
    limits: { readonly running: number; readonly waiting: number },
    work: () => Promise<T>,
    onFull: (isFirst: boolean) => Promise<void>,
  ): Promise<T | undefined>;
  /** How many wait. */
  waiting(): number;
}

export function createLanes(): Lanes {
  const lanes = new Map<string, Lane>();
  return {
    run: async (key, limits, work, onFull) => {
      const lane = lanes.get(key) ?? { running: 0, waiting: [], isFull: false };
      lanes.set(key, lane);
      if (lane.running >= limits.running) {
        if (lane.waiting.length >= limits.waiting) {
          const isFirst = !lane.isFull;
          lane.isFull = true;
          await onFull(isFirst);
          return undefined;
        }
        await new Promise<void>((resolve) => lane.waiting.push(resolve));
      } else lane.running++;
      try {
        return await work();
      } finally {
        const next = lane.waiting.shift();
        lane.isFull &&= next !== undefined;
        // The place is handed over, so that nobody who comes now overtakes who waits.
        if (next) next();
        else if (--lane.running === 0) lanes.delete(key);
      }
    },
    waiting: () => [...lanes.values()].reduce((sum, { waiting }) => sum + waiting.length, 0),
  };
}
