// One at a time: what checks that something is unique and then writes it must not overlap in this process.

const tails = new Map<string, Promise<unknown>>();

/** Runs `work` after everything that was given under the same name before. */
export async function exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
  const turn = (tails.get(name) ?? Promise.resolve()).then(work, work);
  tails.set(name, turn);
  try {
    return await turn;
  } finally {
    if (tails.get(name) === turn) tails.delete(name);
  }
}
