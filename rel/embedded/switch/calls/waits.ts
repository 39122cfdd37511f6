// Waiting that a signal can end early, without leaving a timer or a listener behind.

/** The longest that a timer of Node can be set to, about 24 days. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** Resolves when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Resolves after `ms`, true; or as soon as the signal aborts, false. */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(true), Math.min(ms, MAX_TIMER_MS));
    const stop = () => end(false);
    const end = (whole: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(whole);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
