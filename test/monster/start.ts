// A whole zone, a build of Monster UI that talks to it, and a browser at its login; `MIRLITON_MONSTER_UI` names the build.
import { freePorts } from '../e2e/ports.ts';
import { startZone, type Zone } from '../e2e/zone.ts';
import { findBrowser, openUi, type Ui } from './page.ts';
import { serveSite } from './site.ts';

export interface Started {
  readonly zone: Zone;
  readonly ui: Ui;
  stop(): Promise<void>;
}

/** `apps` is the folder whose apps the zone registers: those of the build unless given. Resolves to why there is none to be tested. */
export async function startMonster(apps?: string): Promise<Started | string> {
  const build = process.env['MIRLITON_MONSTER_UI'];
  if (build === undefined) return 'MIRLITON_MONSTER_UI names no build';
  const browser = findBrowser();
  if (browser === undefined) return 'there is no browser';
  const zone = await startZone({ ui: { apps: apps ?? `${build}/apps` } });
  const [port = 0] = await freePorts(1);
  const { host, port: socketPort } = zone.facts.settings.websockets;
  const site = await serveSite(build, { api: zone.facts.api, socket: `ws://${host}:${socketPort}` }, port);
  const ui = await openUi(site.url, zone.facts.api, browser);
  const stop = async (): Promise<void> => {
    await ui.stop();
    await site.stop();
    await zone.stop();
  };
  return { zone, ui, stop };
}
