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

after(async () => {
  await (await starting?.catch(() => undefined))?.stop();
});
