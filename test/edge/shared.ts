// One zone for all files of the suite, started by the first that needs it and stopped at the end of the run.
import { startZone, type Zone } from './zone.ts';

let starting: Promise<Zone> | undefined;

/** What a test breaks in it, it mends again. */
export function sharedZone(): Promise<Zone> {
  starting ??= startZone();
  return starting;
}

after(async () => {
  const zone = await starting?.catch(() => undefined);
  await zone?.stop();
});
