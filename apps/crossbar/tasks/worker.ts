// Does tasks in the background of a crossbar: looks for those that were started and that nobody does, some at a time.
import type { DocumentOf } from '../../../core/contract/index.ts';
import { task as contract } from '../../../core/documents/index.ts';
import { type Services, typed } from '../engine/index.ts';
import { type Catalogue, findAction } from './action.ts';
import { claimTask, isClaimable } from './claim.ts';
import { runTask } from './run.ts';

export interface TaskWorker {
  /** Leaves what runs to other crossbars, after the row that is being done. */
  stop(): Promise<void>;
}

/** How often is looked for tasks whose worker is gone; those that are started are told by the store. */
const lookMs = 5_000;
/** Tasks that one process does at once. */
const mostAtOnce = 4;
/** Started tasks that are looked at in one go. */
const mostLookedAt = 100;

export function startWorker(services: Services, catalogue: Catalogue): TaskWorker {
  const { store, log, node } = services;
  const tasks = store.database('tasks');
  const running = new Map<string, Promise<void>>();
  const ended = new AbortController();
  let looking: Promise<void> | undefined;
  let isAgain = false;

  const begin = async (id: string, { pvt_category, pvt_action }: DocumentOf<typeof contract>) => {
    const action = findAction(catalogue, pvt_category, pvt_action);
    // Another crossbar may be newer, and know it.
    if (!action) return;
    const claimed = await claimTask(tasks, id, node);
    if (!claimed) return;
    const run = runTask({ services, action, ...claimed, signal: ended.signal })
      .catch((error: unknown) => log.warn('a task is left for later', { error, task: id }))
      .finally(() => {
        running.delete(id);
        look();
      });
    running.set(id, run);
  };
  const lookOnce = async (): Promise<void> => {
    const rows = await tasks.view('tasks', 'executing', {
      limit: mostLookedAt,
      includeDocs: true,
      fresh: true,
    });
    for (const { id, doc } of rows) {
      const task = typed(contract, doc);
      if (ended.signal.aborted || running.size >= mostAtOnce) return;
      if (task && !running.has(id) && isClaimable(task.pvt_claim ?? null)) await begin(id, task);
    }
  };
  const look = (): void => {
    if (ended.signal.aborted) return;
    if (looking !== undefined) {
      isAgain = true;
      return;
    }
    looking = lookOnce()
      .catch((error: unknown) => log.warn('tasks could not be looked for', { error }))
      .finally(() => {
        looking = undefined;
        if (!isAgain) return;
        isAgain = false;
        look();
      });
  };
  const unlisten = store.onChange(({ database, id }) => {
    if (database === tasks.name && !running.has(id)) look();
  });
  const timer = setInterval(look, lookMs).unref();
  look();
  return {
    stop: async () => {
      ended.abort();
      clearInterval(timer);
      unlisten();
      await looking;
      await Promise.all(running.values());
    },
  };
}
