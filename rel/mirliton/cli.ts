// What a command is given: the settings of this zone, its broker and its database, opened when first asked for.
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bus } from '../../core/amqp/index.ts';
import type { Settings } from '../../core/config/index.ts';
import type { CouchStore } from '../../core/couch/index.ts';
import { AppError, errorText } from '../../core/errors/index.ts';
import { version } from '../../core/files/index.ts';
import { logger } from '../../core/log/index.ts';
import { readSettings } from '../zone/settings.ts';
import type { Output } from './output.ts';

export interface Cli extends Output {
  /** The settings as a process that starts now reads them. */
  given(): Settings;
  /** The same for a zone that runs; addresses of embedded parts are those of the zone that runs here. */
  settings(): Settings;
  /** Rejects with `bus_unreachable` when no broker answers within three seconds. */
  bus(): Promise<Bus>;
  /** Rejects with `datastore_unreachable` when no node answers. Tells the zone of its writes when the bus is there. */
  store(): Promise<CouchStore>;
  close(): Promise<void>;
}

const patience = 3_000;

export function createCli(output: Output, config: string | undefined): Cli {
  const node = `cli@${hostname()}`;
  let settings: Settings | undefined;
  let opening: Promise<Bus> | undefined;
  let store: CouchStore | undefined;
  const buses: Bus[] = [];

  const known = (): Settings => {
    settings ??= zoneSettings(config);
    return settings;
  };
  const open = async (): Promise<Bus> => {
    const { urls } = known().bus;
    if (urls.length === 0) throw noZone('bus.urls', 'bus_unreachable');
    const options = { urls, node, appName: 'mirliton', appVersion: version, strict: false };
    // Loaded when they are needed: most commands need one of the two, `start` neither.
    const [{ connectBus }, { createMetrics }] = await Promise.all([
      import('../../core/amqp/index.ts'),
      import('../../core/metrics/index.ts'),
    ]);
    const bus = await connectBus({ ...options, log: logger('cli'), metrics: createMetrics() });
    buses.push(bus);
    for (let waited = 0; !bus.status().connected; waited += 20) {
      if (waited >= patience)
        throw new AppError('bus_unreachable', {
          message: `the message broker does not answer: ${bus.status().detail ?? 'no reason given'}`,
        });
      await pause(20);
    }
    return bus;
  };
  const bus = (): Promise<Bus> => {
    opening ??= open();
    return opening;
  };
  return {
    ...output,
    given: () => readSettings(config),
    settings: known,
    bus,
    store: async () => {
      const { urls, user, password, quorum } = known().store;
      if (urls.length === 0) throw noZone('store.urls', 'datastore_unreachable');
      // Without the bus the zone hears of our writes by its change feeds.
      const heard = await bus().catch(() => undefined);
      const options = { urls, user, password, quorum, node, log: logger('cli') };
      const { connectStore } = await import('../../core/couch/index.ts');
      store ??= connectStore({ ...options, bus: heard, follow: 0 });
      await store.exists('accounts');
      return store;
    },
    close: async () => {
      await store?.close();
      await Promise.all(buses.map((it) => it.close()));
    },
  };
}

function noZone(setting: string, code: 'bus_unreachable' | 'datastore_unreachable'): AppError {
  return new AppError(code, {
    message: `no zone runs here (no zone.json in the data folder) and ${setting} is not set: start one with npm start, or name the settings with --config`,
  });
}

/** As `npm start` reads them, completed by what a zone that runs on them wrote down. */
function zoneSettings(config: string | undefined): Settings {
  const given = readSettings(config);
  const facts = join(given.data, 'zone.json');
  if (!existsSync(facts)) return given;
  try {
    const { settings } = JSON.parse(readFileSync(facts, 'utf8')) as { settings?: Settings };
    return settings ?? given;
  } catch (cause) {
    throw new AppError('invalid_config', { message: `${facts} cannot be read: ${errorText(cause)}`, cause });
  }
}
