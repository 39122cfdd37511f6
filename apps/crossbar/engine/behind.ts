// Documents that are written behind the answer: kept here until the store has them, and never lost without a word.
import { setTimeout as pause } from 'node:timers/promises';
import type { AppContext } from '../../../core/app/index.ts';
import type { StoredDocument } from '../../../core/couch/index.ts';
import { hasCode, toAppError } from '../../../core/errors/index.ts';

export interface Behind {
  /** Takes the document; it is in the store soon. */
  store(database: string, document: StoredDocument): void;
  /** Resolves when everything that was taken so far is stored or given up. */
  settled(): Promise<void>;
  /** Takes no more, and gives up what the store does not take within some seconds. */
  stop(): Promise<void>;
}

interface Waiting {
  readonly database: string;
  readonly document: StoredDocument;
}

const most = 10_000;
const writers = 4;
const patienceMs = 5_000;
const longestPauseMs = 30_000;

/** What cannot be stored is written to the log as it is, and counted. */
export function behind({ store, log, metrics }: Pick<AppContext, 'store' | 'log' | 'metrics'>): Behind {
  const waiting: Waiting[] = [];
  const running = new Set<Promise<void>>();
  const ended = new AbortController();
  const lost = metrics.counter('unwritten_documents_total', 'Documents given up behind an answer', ['type']);

  const giveUp = ({ database, document }: Waiting, error: unknown): void => {
    lost.inc({ type: String(document.pvt_type) });
    log.error('a document could not be written', { error, database, document });
  };
  const write = async (one: Waiting): Promise<void> => {
    for (let attempt = 0; ; attempt += 1)
      try {
        await store.database(one.database).save(one.document);
        return;
      } catch (error) {
        // It arrived the time before, and only the answer was lost.
        if (attempt > 0 && hasCode(error, 'datastore_conflict')) return;
        if (ended.signal.aborted || !toAppError(error).retryable) return giveUp(one, error);
        const wait = Math.min(longestPauseMs, 500 * 2 ** attempt);
        await pause(wait, undefined, { signal: ended.signal }).catch(() => undefined);
      }
  };
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await write(next);
  };
  const settled = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running);
  };
  return {
    store: (database, document) => {
      const one = { database, document };
      if (ended.signal.aborted || waiting.length >= most)
        return giveUp(one, new Error('too many documents wait for the store'));
      waiting.push(one);
      if (running.size >= writers) return;
      const run = work().finally(() => running.delete(run));
      running.add(run);
    },
    settled,
    stop: async () => {
      const patience = setTimeout(() => ended.abort(), patienceMs);
      await settled();
      clearTimeout(patience);
      ended.abort();
    },
  };
}
