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
afterEach(async function () {
  if (process.env['EDGE_SHOW'] && this.currentTest?.state === 'failed') {
    const zone = await starting;
    console.log(zone?.edge.log().slice(-6000));
    for (const m of zone?.media ?? []) console.log(m.phone.wire.slice(-6).join('\n'));
  }
});
