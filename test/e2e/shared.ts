// One zone for all test files that do not stop it or break its parts; started by the first that needs it.
import { startZone, type Zone } from './zone.ts';

let starting: Promise<Zone> | undefined;

/** The shared zone. Stopped at the end of the run. */
export function sharedZone(): Promise<Zone> {
  starting ??= start();
  return starting;
}

async function start(): Promise<Zone> {
  const zone = await startZone();
  // Registrations of two seconds, so that a test can see one run out. The edge reads this again every 30 s.
  await zone.rest.put('/system_configs/edge', { default: { expires: { minimum: 2 } } });
  return zone;
}

/** A zone of a test's own. The shared one is stopped before: two cannot have the same real store or SIP server. */
export async function ownZone(more: Record<string, unknown> = {}): Promise<Zone> {
  await stopShared();
  return startZone(more);
}

async function stopShared(): Promise<void> {
  const zone = await starting?.catch(() => undefined);
  starting = undefined;
  await zone?.stop();
}

after(stopShared);
