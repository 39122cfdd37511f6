// Who does a task: a claim in its document that must be renewed. Whoever loses it stops; anybody takes over what nobody renews.
import { randomUUID } from 'node:crypto';
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import { task as contract } from '../../../core/documents/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import { typed } from '../engine/index.ts';
import type { TaskDocument } from './show.ts';

/** How long a claim is good without a sign of life: more than the clocks of two machines differ, and than a row takes. */
export const claimMs = 60_000;

export const isClaimable = (claim: TaskDocument['pvt_claim'] | null): boolean =>
  !claim || claim.until < Date.now();

/** Makes the task ours, unless somebody has it; answers it as it is then. */
export async function claimTask(
  tasks: Database,
  id: string,
  node: string,
): Promise<{ readonly task: TaskDocument; readonly claim: string } | undefined> {
  const claim = randomUUID();
  try {
    const saved = await tasks.update(id, (current) => {
      const task = typed(contract, current);
      if (task?.pvt_status !== 'executing' || !isClaimable(task.pvt_claim ?? null)) return undefined;
      return { ...current, pvt_worker_node: node, pvt_claim: { id: claim, until: Date.now() + claimMs } };
    });
    const task = typed(contract, saved);
    return task?.pvt_claim?.id === claim ? { task, claim } : undefined;
  } catch (error) {
    // It was deleted, or another one was quicker each time.
    if (hasCode(error, 'not_found') || hasCode(error, 'datastore_conflict')) return undefined;
    throw error;
  }
}

/**
 * Writes what a worker knows and renews its claim, or gives it up. One write holds the counts and the output they stand
 * for, so the two never differ. Undefined when the claim is another's by now: then nothing was written.
 */
export async function noteTask(
  tasks: Database,
  id: string,
  claim: string,
  change: (task: TaskDocument) => object,
  { release = false } = {},
): Promise<TaskDocument | undefined> {
  const saved = await tasks.update(id, (current) => {
    const task = typed(contract, current);
    if (task?.pvt_claim?.id !== claim) return undefined;
    const { pvt_claim: _, ...rest } = { ...current, ...change(task) } as StoredDocument;
    return release ? rest : { ...rest, pvt_claim: { id: claim, until: Date.now() + claimMs } };
  });
  const task = typed(contract, saved);
  return release || task?.pvt_claim?.id === claim ? task : undefined;
}
