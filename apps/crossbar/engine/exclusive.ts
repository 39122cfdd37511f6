// One at a time: what checks that something is unique and then writes it must not overlap in this process.
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from '../../../core/errors/index.ts';
import type { RestRequest } from './request.ts';

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

// Another crossbar may write the same document between our reading and our writing.
const attempts = 5;
const pauses = 20;

/**
 * Runs a change that reads a document and writes it, alone, and again when somebody else wrote it meanwhile: the change is
 * then made to what stands there now. A client that says with If-Match what it changes gets the conflict at once.
 */
export async function onNewest<T>(request: RestRequest, name: string, change: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await exclusive(name, change);
    } catch (error) {
      const final = attempt === attempts || request.headers['if-match'] !== undefined;
      if (final || !hasCode(error, 'datastore_conflict')) throw error;
      await pause(attempt * pauses * (1 + Math.random()));
    }
  }
}
