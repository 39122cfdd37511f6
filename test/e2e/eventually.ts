// Waiting for what announces itself nowhere: a check is repeated until it holds, at most for so long.
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Repeats `check` until it does not throw and gives its value; after `seconds` rejects with its last error. Between two
 * checks `pauses` milliseconds pass: more where a check takes long itself.
 */
export async function eventually<T>(check: () => T | Promise<T>, seconds = 10, pauses = 50): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await pause(pauses);
  }
}
