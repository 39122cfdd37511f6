// A whole zone in one process: embedded parts where the settings name no real ones, all apps, the demo account.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadSettings } from '../../core/config/index.ts';
import { AppError, toAppError } from '../../core/errors/index.ts';
import { configureLog, logger } from '../../core/log/index.ts';
import { apps } from './apps.ts';
import { demo } from './demo.ts';
import { startEmbedded } from './embedded.ts';
import { claimFolder } from './folder.ts';
import { apiUrl, screen, writeFacts, zoneFacts } from './report.ts';
import { type Runtime, startRuntime } from './runtime.ts';

/** Starts the zone and stays until a signal. Ends the process with one line when it cannot start. */
export async function main(): Promise<void> {
  const asked = signal();
  try {
    const zone = await Promise.race([startZone(), asked]);
    const stopping = await asked;
    if (typeof zone === 'string') {
      console.error(`${zone}: stopped while it was starting`);
      process.exit(zone === 'SIGINT' ? 130 : 143);
    }
    console.error(`${stopping}: stopping; once more stops at once`);
    process.once('SIGINT', () => process.exit(130));
    process.once('SIGTERM', () => process.exit(143));
    await zone.stop();
    process.exit(0);
  } catch (error) {
    console.error(`mirliton: ${toAppError(error).message}`);
    process.exit(1);
  }
}

async function startZone(): Promise<{ stop(): Promise<void> }> {
  const file = process.env['MIRLITON_CONFIG'] ?? (existsSync('mirliton.json') ? 'mirliton.json' : undefined);
  const given = loadSettings({ file, environment: process.env });
  const release = claimFolder(given.data);
  // Also when the process ends at once, by a second signal or by one during the start.
  process.once('exit', release);
  const undo: (() => Promise<void> | void)[] = [release];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const logFile = given.log.file || join(given.data, 'mirliton.log');
    configureLog({ ...given.log, file: logFile === '-' ? undefined : logFile });
    surviveMistakes();
    const embedded = await startEmbedded(given);
    undo.push(() => embedded.stop());
    const runtime = await startRuntime(embedded.settings, apps);
    undo.push(
      () => runtime.stop(),
      () => runtime.drain(given.drain * 1000),
    );
    const account = given.demo
      ? await demo(runtime.context('crossbar'), apiUrl(given), given.data)
      : undefined;
    await settle(runtime);
    const facts = zoneFacts(embedded.settings, runtime.metricsPort, account);
    undo.push(writeFacts(given.data, facts));
    console.log(screen(facts, { seconds: process.uptime(), logFile }));
    return { stop };
  } catch (error) {
    logger('zone').error('the zone cannot run', { error, details: toAppError(error).details });
    await stop();
    throw error;
  }
}

/** Resolves when every app says that it can work; after 20 s rejects and names those that cannot. */
async function settle(runtime: Runtime): Promise<void> {
  for (let waited = 0; ; waited += 50) {
    const sick = Object.entries(runtime.health()).filter(([, { ok }]) => !ok);
    if (sick.length === 0) return;
    if (waited > 20_000) {
      const list = sick.map(([app, { detail }]) => `${app} (${detail ?? 'no reason given'})`).join(', ');
      throw new AppError('timeout', { message: `not ready after 20 s: ${list}` });
    }
    await pause(50);
  }
}

function signal(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve(name));
  });
}

// A mistake in one place must not end every call: it is logged with its stack, and the process goes on.
function surviveMistakes(): void {
  const log = logger('zone');
  process.on('unhandledRejection', (error) => log.error('unhandled rejection', { error: toAppError(error) }));
  process.on('uncaughtException', (error) => log.error('uncaught exception', { error: toAppError(error) }));
}
