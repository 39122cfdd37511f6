// A zone for the benches of the REST API, with its store, and none of the limits on how often somebody may ask.
import { mixOfRun } from '../e2e/mix.ts';
import { addressOf, basic } from '../e2e/store.ts';
import { startZone, type Zone } from '../e2e/zone.ts';

export interface Store {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly authorization: string;
  /** True for a CouchDB, false for our stand-in. */
  readonly real: boolean;
}

export const storeOf = (zone: Zone): Store => ({
  ...addressOf(zone),
  authorization: basic(addressOf(zone)),
  real: process.env['MIRLITON_COUCH'] !== undefined,
});

/** Runs `work` in a zone whose apps are processes, on the store of MIRLITON_COUCH or our stand-in for it. */
export async function withRestZone<T>(work: (zone: Zone, store: Store) => Promise<T>): Promise<T> {
  process.env['MIRLITON_E2E_LOG'] ??= 'warn';
  const couch = process.env['MIRLITON_COUCH'] ?? 'embedded';
  const zone = await startZone({}, 1, [], { ...mixOfRun({}), store: couch, processes: 'many' });
  try {
    // The buckets of callers are no part of what is measured.
    await zone.rest.send('PATCH', '/system_configs/crossbar', {
      default: { rate_limits: { capacity: 0 } },
    });
    return await work(zone, storeOf(zone));
  } finally {
    await zone.stop();
  }
}
