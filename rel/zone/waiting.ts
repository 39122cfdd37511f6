// A start that waits: for the broker, the store, and the apps, as long as it takes, and says for what.
import { setTimeout as pause } from 'node:timers/promises';
import type { Bus } from '../../core/amqp/index.ts';
import type { Store } from '../../core/couch/index.ts';
import { AppError, toAppError } from '../../core/errors/index.ts';
import type { Health } from '../../core/metrics/index.ts';

/** Told for what a start waits. */
export type Tell = (what: string) => void;

/** What is not there before this time is normal while everything starts. Then it is said again so often. */
const quietFor = 2_000;
const sayEvery = 10_000;
/** Milliseconds between two looks, growing: many processes that wait must not keep from starting what they wait for. */
const firstLook = 50;
const lastLook = 1_000;

/** Resolves when `missing` answers undefined. Until then `tell` hears what it answers, when that changes and now and then. */
export async function waitUntilThere(
  missing: () => Promise<string | undefined> | string | undefined,
  tell: Tell,
  quiet = quietFor,
): Promise<void> {
  let sayAt = Date.now() + quiet;
  let said: string | undefined;
  let look = firstLook;
  for (;;) {
    const what = await missing();
    if (what === undefined) return;
    const now = Date.now();
    if (now >= sayAt && (what !== said || now >= sayAt + sayEvery)) {
      tell(what);
      said = what;
      sayAt = now;
    }
    await pause(look);
    look = Math.min(lastLook, look * 1.25);
  }
}

/** Does `work` until it succeeds; rejects when trying again cannot help. */
export function untilDone(work: () => Promise<unknown>, tell: Tell): Promise<void> {
  return waitUntilThere(async () => {
    try {
      await work();
      return undefined;
    } catch (error) {
      const { retryable, message } = toAppError(error);
      if (!retryable) throw error;
      return message;
    }
  }, tell);
}

/** Resolves when broker and store answer. Rejects with `invalid_config` when the store refuses user and password. */
export function waitForBusAndStore(bus: Bus, store: Store, tell: Tell): Promise<void> {
  return waitUntilThere(async () => {
    const { connected, detail } = bus.status();
    const away = [
      ...(connected ? [] : [`the message broker (${detail ?? 'not connected yet'})`]),
      ...(await storeFault(store)),
    ];
    return away.length === 0 ? undefined : away.join(' and ');
  }, tell);
}

async function storeFault(store: Store): Promise<readonly string[]> {
  try {
    await store.exists('accounts');
    return [];
  } catch (error) {
    const cause = toAppError(error);
    const { code, message, details } = cause;
    const status = (details as { readonly status?: unknown } | undefined)?.status;
    if (status === 401 || status === 403) throw new AppError('invalid_config', { message, cause });
    return [code === 'datastore_unreachable' ? message : `the database (${message})`];
  }
}

/** Resolves when every app says that it can work. */
export function waitForHealth(health: () => Readonly<Record<string, Health>>, tell: Tell): Promise<void> {
  return waitUntilThere(() => {
    const sick = Object.entries(health()).filter(([, { ok }]) => !ok);
    const list = sick.map(([app, { detail }]) => `${app} (${detail ?? 'no reason given'})`);
    return sick.length === 0 ? undefined : `until all can work: ${list.join(', ')}`;
  }, tell);
}
