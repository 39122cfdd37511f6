// Waiting for what announces itself nowhere: a check is repeated until it holds, at most for so long.
import { setTimeout as pause } from 'node:timers/promises';

/** Repeats `check` until it does not throw and gives its value; after `seconds` rejects with its last error. */
export async function eventually<T>(check: () => T | Promise<T>, seconds = 10): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await pause(50);
  }
}
