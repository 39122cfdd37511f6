// The life of a process: it starts, stays until SIGINT or SIGTERM, and stops in order.
import { toAppError } from '../../core/errors/index.ts';
import { logger } from '../../core/log/index.ts';

/**
 * Starts, waits for a signal, stops, and ends the process. A second signal ends it at once; one during the start too.
 * A process with a supervisor stops when that is gone. Rejects with the error of `start`.
 */
export async function runUntilSignal(start: () => Promise<{ stop(): Promise<void> }>): Promise<never> {
  const asked = signal();
  const running = await Promise.race([start().catch(letGo), asked]);
  if (typeof running === 'string') {
    console.error(`${running}: stopped while it was starting`);
    process.exit(running === 'SIGINT' ? 130 : 143);
  }
  console.error(`${await asked}: stopping; once more stops at once`);
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  await running.stop();
  process.exit(0);
}

/** The caller says what is wrong and the process ends by itself: neither a supervisor nor what is left open keeps it. */
function letGo(error: unknown): never {
  if (process.connected) process.disconnect();
  setTimeout(() => process.exit(), 2_000).unref();
  throw error;
}

function signal(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve(name));
    process.once('disconnect', () => resolve('the supervisor is gone'));
  });
}

/** A mistake in one place must not end every call: it is logged with its stack, and the process goes on. */
export function surviveMistakes(): void {
  const log = logger('zone');
  process.on('unhandledRejection', (error) => log.error('unhandled rejection', { error: toAppError(error) }));
  process.on('uncaughtException', (error) => log.error('uncaught exception', { error: toAppError(error) }));
}
