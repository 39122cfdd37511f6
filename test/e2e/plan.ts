// Which processes a zone under test consists of: one with everything, or each app and each stand-in in its own.
import { loadSettings } from '../../core/config/index.ts';
import { appsOf } from '../../rel/zone/apps.ts';
import { missingParts } from '../../rel/zone/parts.ts';
import { freePorts } from './ports.ts';
import type { ProcessPlan } from './processes.ts';

const host = 'e2e';
const nodeOf = (index: number): string => (index === 0 ? host : `${host}-${index + 1}`);

/** `npm start`. */
export function planOne(config: string): ProcessPlan[] {
  return [{ app: 'zone', node: `mirliton@${host}`, config, run: ['rel/start.mjs'] }];
}

/** The stand-ins first. Switches beyond the first are added to `settings`. */
export async function planMany(
  config: string,
  settings: Record<string, unknown>,
  counts: Readonly<Record<string, number>>,
): Promise<ProcessPlan[]> {
  const parsed = loadSettings({ overrides: structuredClone(settings) });
  const command = 'dist/rel/mirliton/bin.js';
  const parts = missingParts(parsed).filter((part) => part !== 'switch');
  const switches = missingParts(parsed).includes('switch')
    ? await switchesOf(settings, counts['switch'] ?? 1)
    : [];
  const part = (app: string, index = 0, environment?: NodeJS.ProcessEnv): ProcessPlan => ({
    app,
    node: `${app}@${nodeOf(index)}`,
    config,
    run: [command, 'start', '--parts', app, '--apps', 'none', '--node', nodeOf(index)],
    environment,
  });
  const names = appsOf(parsed).flatMap((app) =>
    Array.from({ length: counts[app] ?? 1 }, (_, index) => ({ app, index })),
  );
  const metricsPorts = await freePorts(names.length);
  const apps = names.map(({ app, index }, at): ProcessPlan => {
    const metrics = metricsPorts[at] ?? 0;
    const options = ['--apps', app, '--node', nodeOf(index), '--metrics', String(metrics)];
    const more = app === 'crossbar' ? ['--demo'] : [];
    return {
      app,
      node: `${app}@${nodeOf(index)}`,
      config,
      metrics,
      run: [command, 'start', ...options, ...more],
    };
  });
  return [
    ...parts.map((name) => part(name)),
    ...switches.map((environment, index) => part('switch', index, environment)),
    ...apps,
  ];
}

/** The environment of each embedded switch; all of them are named in the settings, for ecallmgr. */
async function switchesOf(settings: Record<string, unknown>, count: number): Promise<NodeJS.ProcessEnv[]> {
  const ports = await freePorts(count * 2);
  const all = Array.from({ length: count }, (_, index) => ({
    name: `switch${index + 1}`,
    port: ports[index * 2] ?? 0,
    sipPort: ports[index * 2 + 1] ?? 0,
  }));
  settings['switches'] = all.map(({ name, port }) => ({ host: '127.0.0.1', port, name }));
  return all.map(({ name, port, sipPort }) => ({
    MIRLITON_SWITCH_NAME: name,
    MIRLITON_SWITCH_PORT: String(port),
    MIRLITON_SWITCH_SIPPORT: String(sipPort),
  }));
}
