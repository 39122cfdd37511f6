// What is left on the switches when no call is left: nothing of ours.

import { SwitchClient } from '../../apps/ecallmgr/freeswitch/index.ts';
import { silentLog } from '../../core/testing/index.ts';
import type { Zone } from '../e2e/zone.ts';

interface Address {
  readonly host: string;
  readonly port: number;
  readonly password?: string;
}

/** One line for each channel, claim, checkpoint and end that is still there. */
export const leftOn = (zone: Zone): Promise<string[]> => onEach(zone, look);

/** Hangs up the calls of SIPp, which does not do that itself when it gives one up. */
export async function endGivenUp(zone: Zone): Promise<void> {
  await onEach(zone, async (client) => {
    const given = (await channelsOf(client)).filter((id) => /^\d+-\d+@/.test(id));
    // One that has ended meanwhile is none to hang up.
    await Promise.all(given.map((id) => client.api(`uuid_kill ${id}`).catch(() => undefined)));
    return [];
  });
}

async function onEach(zone: Zone, work: (client: SwitchClient) => Promise<string[]>): Promise<string[]> {
  const addresses = (zone.settings['switches'] as Address[] | undefined) ?? [
    { host: '127.0.0.1', port: (zone.settings['switch'] as { port: number }).port },
  ];
  return (await Promise.all(addresses.map((address) => on(address, work)))).flat();
}

async function on(
  { host, port, password = 'ClueCon' }: Address,
  work: (client: SwitchClient) => Promise<string[]>,
): Promise<string[]> {
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
    return await work(client);
  } finally {
    await client.stop();
  }
}

async function channelsOf(client: SwitchClient): Promise<string[]> {
  const { rows = [] } = JSON.parse(await client.api('show channels as json')) as {
    rows?: { uuid: string }[];
  };
  return rows.map(({ uuid }) => uuid);
}

async function look(client: SwitchClient): Promise<string[]> {
  const entries = await client.api('hash_dump db');
  return [
    ...(await channelsOf(client)).map((id) => `channel ${id}`),
    ...entries.split('\n').filter((line) => /mirliton_(calls|checkpoints|ends)/.test(line)),
  ];
}
