// Which stand-ins a zone has, and at which addresses its processes meet them.
import type { Settings } from '../../core/config/index.ts';
import { AppError } from '../../core/errors/index.ts';

export const partNames = ['broker', 'couch', 'switch', 'sip'] as const;

/** A stand-in: for RabbitMQ, CouchDB, FreeSWITCH, drachtio-server. */
export type PartName = (typeof partNames)[number];

export const loopback = '127.0.0.1';
/** Of every event socket that is installed and not changed. */
export const switchPassword = 'ClueCon';

/** Those for which the settings name no real part. */
export function missingParts({ bus, store, switches, edge }: Settings): PartName[] {
  const missing = {
    broker: bus.urls.length === 0,
    couch: store.urls.length === 0,
    switch: switches.length === 0,
    sip: edge.kind === 'drachtio' && edge.host === '',
  };
  return partNames.filter((name) => missing[name]);
}

/**
 * The settings with the addresses of the stand-ins that another process runs on the same settings.
 * Throws `invalid_config` when such a one listens at any free port (0): then nobody can know where.
 */
export function withAddresses(given: Settings): Settings {
  const settings = structuredClone(given);
  for (const part of missingParts(given)) {
    const { port, setting } = {
      broker: { port: given.bus.port, setting: 'bus' },
      couch: { port: given.store.port, setting: 'store' },
      switch: { port: given.switch.port, setting: 'switch' },
      sip: { port: given.edge.port, setting: 'edge' },
    }[part];
    if (port === 0)
      throw new AppError('invalid_config', {
        message: `where is the ${part}? Set ${setting}.port, at which another process runs the embedded one, or name a real one (see docs/settings.md)`,
      });
    if (part === 'broker') settings.bus.urls = [`amqp://guest:guest@${loopback}:${port}`];
    if (part === 'couch') settings.store.urls = [`http://${loopback}:${port}`];
    if (part === 'switch') settings.switches = [{ host: loopback, port, password: switchPassword }];
    if (part === 'sip') settings.edge.host = loopback;
  }
  return settings;
}
