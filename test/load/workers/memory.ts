// Memory of this process after a collection.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes. */
export interface Memory {
  readonly rss: number;
  /** What objects take, with what they hold outside of the heap. */
  readonly heap: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Looks after what is under way has ended. */
export async function memory(): Promise<Memory> {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  collect();
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}
