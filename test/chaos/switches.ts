// What is left on the switches when no call is left: nothing of ours.

import { SwitchClient } from '../../apps/ecallmgr/freeswitch/index.ts';
import { silentLog } from '../../core/testing/index.ts';
import type { Zone } from '../e2e/zone.ts';

interface Address {
  readonly host: string;
  readonly port: number;
  readonly password?: string;
}

/** One line for each channel, claim and checkpoint that is still there. */
export async function leftOn(zone: Zone): Promise<string[]> {
  const addresses = (zone.settings['switches'] as Address[] | undefined) ?? [
    { host: '127.0.0.1', port: (zone.settings['switch'] as { port: number }).port },
  ];
  return (await Promise.all(addresses.map(look))).flat();
}

async function look({ host, port, password = 'ClueCon' }: Address): Promise<string[]> {
  let up: () => void = () => undefined;
  const connected = new Promise<void>((resolve) => {
    up = resolve;
  });
  const client = new SwitchClient({
    host,
    port,
    password,
    log: silentLog(),
    onEvent: () => undefined,
    onUp: async () => up(),
    onDown: () => undefined,
    count: () => undefined,
  });
  client.start();
  try {
    await connected;
    const { rows = [] } = JSON.parse(await client.api('show channels as json')) as {
      rows?: { uuid: string }[];
    };
    const entries = await client.api('hash_dump db');
    return [
      ...rows.map(({ uuid }) => `channel ${uuid}`),
      ...entries.split('\n').filter((line) => /mirliton_(calls|checkpoints|ends)/.test(line)),
    ];
  } finally {
    await client.stop();
  }
}
