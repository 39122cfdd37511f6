// A whole zone in one process: embedded parts where the settings name no real ones, all apps, the demo account.
import { toAppError } from '../../core/errors/index.ts';
import { startMember, wholeZone } from './member.ts';
import { screen } from './report.ts';
import { readSettings } from './settings.ts';
import { runUntilSignal } from './until-signal.ts';

/** Starts the zone and stays until a signal. Ends the process with one line when it cannot start. */
export async function main(): Promise<void> {
  try {
    await runUntilSignal(startZone);
  } catch (error) {
    console.error(`mirliton: ${toAppError(error).message}`);
    process.exit(1);
  }
}

async function startZone(): Promise<{ stop(): Promise<void> }> {
  const settings = readSettings();
  const tell = (what: string): void => console.error(`mirliton: waiting: ${what}`);
  const { facts, logFile, stop } = await startMember(settings, {
    ...wholeZone(settings),
    demo: settings.demo,
    tell,
  });
  console.log(screen(facts, { seconds: process.uptime(), logFile }));
  return { stop };
}
